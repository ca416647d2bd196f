# shellcheck shell=bash disable=SC2016
# Starting, finding and stopping background processes. Needs $RUN (pid files) and $LOG (one log each).
#
# A pid file holds "PID STARTTIME". The start time tells our process from a later one that got the same pid.

started_at=$(date +%s%N)
say() {
  local hundredths=$((($(date +%s%N) - started_at) / 10000000))
  printf '[%3d.%02ds] %s\n' $((hundredths / 100)) $((hundredths % 100)) "$*" >&2
}
die() { echo "${0##*/}: $*" >&2; exit 1; }

# start_time PID: sets $start_time, or fails when the process is gone or a zombie. No fork: it runs every second.
start_time() {
  local stat fields
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  read -ra fields <<<"${stat##*) }"
  [ "${fields[0]}" != Z ] || return 1
  start_time=${fields[19]}
}
# alive NAME: sets $pid
alive() {
  local since
  { read -r pid since <"$RUN/$1.pid"; } 2>/dev/null || return 1
  [ -n "$pid" ] && start_time "$pid" && [ "$start_time" = "$since" ]
}
pid_of() { alive "$1" && echo "$pid"; }

# start NAME COMMAND...: in its own session, so that a Ctrl-C meant for us does not reach it.
start() {
  local name=$1 tries
  shift
  if alive "$name"; then return 0; fi
  sweep "$name"
  if [ "$(stat -c %s "$LOG/$name.log" 2>/dev/null || echo 0)" -gt 20000000 ]; then mv "$LOG/$name.log" "$LOG/$name.log.1"; fi
  # The process writes its own pid file before it becomes the command, so a kill of this script loses nobody.
  (
    cd / && exec setsid bash -c '
      file=$1; shift
      ulimit -n 65536 2>/dev/null
      stat=$(</proc/$$/stat); read -ra fields <<<"${stat##*) }"
      echo "$$ ${fields[19]}" >"$file.tmp" && mv "$file.tmp" "$file"
      exec "$@"' "$name" "$RUN/$name.pid" "$@" </dev/null >>"$LOG/$name.log" 2>&1 7<&- 9>&-
  ) &
  disown 2>/dev/null || true
  for ((tries = 0; tries < 250; tries++)); do
    [ ! -s "$RUN/$name.pid" ] || return 0
    sleep 0.02
  done
  die "$name could not be started, see $LOG/$name.log"
}

# stop NAME [SECONDS]: asks, waits, then kills.
stop() {
  local name=$1 grace=${2:-10} target tries
  if alive "$name"; then
    target=$pid
    kill -TERM "$target" 2>/dev/null || true
    for ((tries = 0; tries < grace * 20; tries++)); do
      alive "$name" || break
      sleep 0.05
    done
    kill -KILL "$target" 2>/dev/null || true
    for ((tries = 0; tries < 40; tries++)); do
      alive "$name" || break
      sleep 0.05
    done
  fi
  sweep "$name"
}

# sweep NAME: ends what a process that is gone has left in its group, and forgets it. While a group has members its number
# is not given to another process; so when the leader is gone, the group can only be ours.
sweep() {
  local leader
  if { read -r leader _ <"$RUN/$1.pid"; } 2>/dev/null && ! start_time "$leader"; then kill -KILL -- "-$leader" 2>/dev/null || true; fi
  rm -f "$RUN/$1.pid"
}

# until_ok SECONDS NAME COMMAND...: waits for COMMAND to succeed; gives up at once when component NAME is not running.
until_ok() {
  local deadline=$((SECONDS + $1)) name=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name"; then tail -n 15 "$LOG/$name.log" >&2 || true; die "$name died, see $LOG/$name.log"; fi
    if [ $SECONDS -ge $deadline ]; then tail -n 15 "$LOG/$name.log" >&2 || true; die "$name did not become healthy in time, see $LOG/$name.log"; fi
    sleep 0.1
  done
}

port_is_free() { ! (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
port_holder() { ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (pid \2)/p' | head -n 1; }
# need_port NAME PORT: fails with the culprit's name unless the port is free or already NAME's own
need_port() {
  if alive "$1" || port_is_free 127.0.0.1 "$2"; then return 0; fi
  local holder; holder=$(port_holder "$2")
  die "port $2, needed for $1, is in use by ${holder:-another process}"
}

# follow_parent: sends this script SIGTERM once its parent is gone: one that is killed with -9 cannot ask us to stop.
follow_parent() {
  local me=$$ parent=$PPID mine="" parents=""
  start_time "$me" && mine=$start_time
  start_time "$parent" && parents=$start_time
  (
    trap - EXIT TERM INT
    while start_time "$parent" && [ "$start_time" = "$parents" ]; do
      sleep 1
      if ! start_time "$me" || [ "$start_time" != "$mine" ]; then exit; fi
    done
    if start_time "$me" && [ "$start_time" = "$mine" ]; then kill -TERM "$me"; fi
  ) 9>&- &
  disown
}
