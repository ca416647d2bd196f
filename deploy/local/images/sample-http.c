// A small web server whose behaviour can be asked for, so that every state of an app can be shown and tested.
//
//   /                    version, host name and path
//   /healthz             200, or 503 when NEVER_HEALTHY=1
//   /env                 its environment
//   /burn?ms=N           uses N ms of processor time
//   /alloc?mb=N&ms=N     holds N MiB for N ms; beyond the container's limit the app dies
//   /wait?ms=N           answers after N ms
//   /fail                500
//   /metrics             metrics of its own, as Prometheus reads them
//   /exit?code=N         ends the process
//
// Environment: PORT (8080), NEVER_HEALTHY=1, ALLOC_MB=N (taken before listening), START_DELAY_MS=N (listens only then).
// SIGTERM ends it with exit code 0 once the requests it has accepted are answered.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static volatile sig_atomic_t ending, exit_code = -1;
static double started;

static void on_end(int signal) { (void)signal; ending = 1; }
static void on_exit_request(int signal, siginfo_t *info, void *context) {
  (void)signal; (void)context;
  exit_code = info->si_value.sival_int & 255;
}
static void on_child(int signal) { (void)signal; }

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static void sleep_ms(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&t, &t)) { }
}
static long setting(const char *name, long otherwise) {
  const char *value = getenv(name);
  return value && *value ? atol(value) : otherwise;
}
static long argument(const char *query, const char *key, long otherwise) {
  const char *found = query ? strstr(query, key) : NULL;
  return found ? atol(found + strlen(key)) : otherwise;
}
static int starts(const char *path, const char *with) { return !strncmp(path, with, strlen(with)); }

static void burn(long ms) {
  double end = now(CLOCK_PROCESS_CPUTIME_ID) + (double)ms / 1e3;
  volatile unsigned long x = 1;
  while (now(CLOCK_PROCESS_CPUTIME_ID) < end)
    for (int i = 0; i < 20000; i++) x = x * 6364136223846793005UL + 1;
}
static char *allocate(long mb) {
  size_t bytes = (size_t)mb << 20;
  char *memory = malloc(bytes);
  if (memory) memset(memory, 1, bytes);
  return memory;
}

static void write_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

// Fills body, returns the status code.
static int answer(const char *path, char *body, size_t room) {
  const char *query = strchr(path, '?');
  if (starts(path, "/healthz")) {
    int never = setting("NEVER_HEALTHY", 0) == 1;
    snprintf(body, room, never ? "not healthy\n" : "ok\n");
    return never ? 503 : 200;
  }
  if (starts(path, "/env")) {
    size_t used = 0;
    for (char **e = environ; *e && used + strlen(*e) + 2 < room; e++) used += (size_t)snprintf(body + used, room - used, "%s\n", *e);
    return 200;
  }
  if (starts(path, "/burn")) {
    long ms = argument(query, "ms=", 200);
    burn(ms);
    snprintf(body, room, "burnt %ld ms\n", ms);
    return 200;
  }
  if (starts(path, "/alloc")) {
    long mb = argument(query, "mb=", 16);
    char *memory = allocate(mb);
    sleep_ms(argument(query, "ms=", 1000));
    snprintf(body, room, memory ? "held %ld MiB\n" : "could not get %ld MiB\n", mb);
    free(memory);
    return 200;
  }
  if (starts(path, "/wait")) {
    sleep_ms(argument(query, "ms=", 1000));
    snprintf(body, room, "waited\n");
    return 200;
  }
  if (starts(path, "/metrics")) {
    snprintf(body, room, "# TYPE sample_up_seconds gauge\nsample_up_seconds{version=\"%s\",project=\"not its own\"} %.3f\n"
      "# TYPE slipway_app_status gauge\nslipway_app_status{status=\"made up\"} 1\n", VERSION, now(CLOCK_MONOTONIC) - started);
    return 200;
  }
  if (starts(path, "/exit")) {
    union sigval code = {.sival_int = (int)argument(query, "code=", 3)};
    sigqueue(getppid(), SIGUSR1, code);
    snprintf(body, room, "exiting\n");
    return 200;
  }
  if (starts(path, "/fail")) {
    snprintf(body, room, "failed on request\n");
    return 500;
  }
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  snprintf(body, room, "sample-http version %s\nhost %s\npath %s\n", VERSION, host, path);
  return 200;
}

static void serve(int connection, const struct sockaddr_in *peer) {
  static char request[16384], body[1 << 20];
  char head[256], method[16] = "?", path[2048] = "/";
  size_t length = 0;
  struct timeval patience = {5, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  while (length < sizeof request - 1) {
    ssize_t count = read(connection, request + length, sizeof request - 1 - length);
    if (count <= 0) break;
    length += (size_t)count;
    request[length] = 0;
    if (strstr(request, "\r\n\r\n")) break;
  }
  if (length == 0) return;
  sscanf(request, "%15s %2047s", method, path);

  double begun = now(CLOCK_MONOTONIC);
  int code = answer(path, body, sizeof body);
  const char *reason = code == 200 ? "OK" : code == 503 ? "Service Unavailable" : "Internal Server Error";
  int size = snprintf(head, sizeof head,
    "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nX-Version: %s\r\nConnection: close\r\n\r\n",
    code, reason, strlen(body), VERSION);
  write_all(connection, head, (size_t)size);
  write_all(connection, body, strlen(body));

  // Probes come every second or so; the log is for people.
  if (starts(path, "/healthz")) return;
  char stamp[40], line[4096];
  time_t t = time(NULL);
  strftime(stamp, sizeof stamp, "%FT%TZ", gmtime(&t));
  size = snprintf(line, sizeof line, "%s v%s %s %s %s -> %d %.1fms\n", stamp, VERSION, inet_ntoa(peer->sin_addr), method, path, code,
    (now(CLOCK_MONOTONIC) - begun) * 1e3);
  write_all(STDOUT_FILENO, line, (size_t)size);
}

static void accept_one(int listener) {
  struct sockaddr_in peer;
  socklen_t size = sizeof peer;
  int connection = accept4(listener, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
  if (connection < 0) return;
  if (fork() == 0) {
    close(listener);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    serve(connection, &peer);
    _exit(0);
  }
  close(connection);
}

// The kernel kills the largest process when the container is out of memory, which is the one that serves the request.
// An app of a single process would be gone, so this one goes too.
static void reap(void) {
  int status;
  while (waitpid(-1, &status, WNOHANG) > 0)
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
      dprintf(STDERR_FILENO, "sample-http: out of memory\n");
      _exit(137);
    }
}

int main(void) {
  struct sigaction end = {.sa_handler = on_end}, quit = {.sa_sigaction = on_exit_request, .sa_flags = SA_SIGINFO}, child = {.sa_handler = on_child};
  sigaction(SIGTERM, &end, NULL);
  sigaction(SIGINT, &end, NULL);
  sigaction(SIGUSR1, &quit, NULL);
  sigaction(SIGCHLD, &child, NULL);
  signal(SIGPIPE, SIG_IGN);
  started = now(CLOCK_MONOTONIC);

  long mb = setting("ALLOC_MB", 0), delay = setting("START_DELAY_MS", 0);
  if (mb > 0) {
    dprintf(STDOUT_FILENO, "sample-http: taking %ld MiB\n", mb);
    if (!allocate(mb)) dprintf(STDERR_FILENO, "sample-http: could not get %ld MiB\n", mb);
  }
  for (double until = now(CLOCK_MONOTONIC) + (double)delay / 1e3; !ending && now(CLOCK_MONOTONIC) < until;) {
    struct timespec step = {0, 50 * 1000000};
    nanosleep(&step, NULL);
  }

  int one = 1, port = (int)setting("PORT", 8080), listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = INADDR_ANY};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 512)) {
    perror("sample-http: cannot listen");
    return 1;
  }
  dprintf(STDOUT_FILENO, "sample-http version %s listening on :%d\n", VERSION, port);

  // Signals are blocked except while waiting in ppoll, so none can slip in between a check and the wait.
  sigset_t blocked, waiting;
  sigfillset(&blocked);
  sigprocmask(SIG_SETMASK, &blocked, &waiting);
  while (!ending && exit_code < 0) {
    struct pollfd ready = {.fd = listener, .events = POLLIN};
    if (ppoll(&ready, 1, NULL, &waiting) > 0) accept_one(listener);
    reap();
  }
  if (exit_code >= 0) {
    sleep_ms(50); // lets the answer to /exit leave
    return exit_code;
  }
  struct pollfd queued = {.fd = listener, .events = POLLIN};
  while (poll(&queued, 1, 0) > 0) accept_one(listener);
  close(listener);
  sigprocmask(SIG_SETMASK, &waiting, NULL);
  while (wait(NULL) > 0 || errno == EINTR) { }
  dprintf(STDOUT_FILENO, "sample-http: asked to stop, all requests answered, bye\n");
  return 0;
}
