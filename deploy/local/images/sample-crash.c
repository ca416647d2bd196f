// An app that always fails at start: two lines of log, then exit code 7.
#include <stdio.h>

int main(void) {
  puts("sample-crash: starting");
  fflush(stdout);
  fputs("sample-crash: fatal: configuration is missing, giving up\n", stderr);
  return 7;
}
