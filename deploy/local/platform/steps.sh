# shellcheck shell=bash
# Saying what is being done, doing it with a sign of life, and stopping cleanly at any point.

home() { export SLIPWAY_HOME=${SLIPWAY_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}; mkdir -p "$SLIPWAY_HOME/logs"; }
elapsed() { if [ "$1" -lt 60 ]; then echo "${1}s"; else printf '%dm%02ds' $(($1 / 60)) $(($1 % 60)); fi; }

step_number=0
step_total=1
# plan NUMBER: how many steps there will be
plan() { step_total=$1; }
# step TITLE: the next one
step() {
  step_number=$((step_number + 1))
  printf '[%d/%d %5s] %s\n' "$step_number" "$step_total" "$(elapsed $SECONDS)" "$*"
}
note() { printf '              %s\n' "$*"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }

# Everything long runs as a process group of its own, so that stopping it stops what it started, and so that a Ctrl-C in
# the terminal reaches it only through us, in the order we choose.
group=''
in_group() {
  set -m
  ("$@") &
  group=$!
  set +m
}
end_group() {
  local tries
  [ -n "$group" ] || return 0
  kill -TERM -- "-$group" 2>/dev/null || { group=''; return 0; }
  for ((tries = 0; tries < 150; tries++)); do
    kill -0 -- "-$group" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$group" 2>/dev/null || true
  group=''
}

at_exit=()
# at_exit COMMAND: what must be undone however this ends; last in, first out
at_exit() { at_exit=("$*" "${at_exit[@]}"); }
leave() {
  local status=$? action
  trap '' INT TERM HUP
  trap - EXIT
  end_group
  for action in "${at_exit[@]}"; do $action || true; done
  exit $status
}
trap leave EXIT
trap 'echo; echo "interrupted, cleaning up ..."; exit 130' INT
trap 'exit 143' TERM HUP

# attend LOG DESCRIBE COMMAND...: runs COMMAND with its output in LOG and says every ten seconds how far it is, in the
# words that DESCRIBE prints. Shows the end of LOG when it fails.
attend() {
  local log=$1 describe=$2 begun=$SECONDS next=$((SECONDS + 10)) status=0
  shift 2
  mkdir -p "${log%/*}"
  in_group "$@" >"$log" 2>&1 </dev/null
  while kill -0 "$group" 2>/dev/null; do
    sleep 0.2 &
    wait $! || true
    [ $SECONDS -ge $next ] || continue
    next=$((SECONDS + 10))
    note "$(elapsed $((SECONDS - begun))) $($describe 2>/dev/null | tail -n 1 | cut -c1-150)"
  done
  wait "$group" || status=$?
  group=''
  [ $status = 0 ] || { echo; tail -n 25 "$log"; fail "That did not work (exit code $status); all of its output is in $log."; } >&2
}
