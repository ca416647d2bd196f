# shellcheck shell=bash disable=SC2154 # $dotnet, $group and $start_time are set in other files
# ./platform clean

clean() {
  local all='' holder
  case ${1:-} in --all) all=yes ;; '') ;; *) fail "clean takes only --all" ;; esac
  plan 3
  step "Stopping Slipway"
  stop_run
  for holder in $(apphosts); do end_process "$holder"; done
  step "Stopping the cluster and forgetting its state"
  if [ -d "$SLIPWAY_HOME/cluster" ]; then cluster down --purge; fi
  if [ -z "$all" ]; then
    step "Stopping the databases; their data stays"
    stop_databases
    note "Kept in $SLIPWAY_HOME: built Kubernetes, images, the portal's data. clean --all removes these too."
  else
    step "Stopping the databases and removing everything in $SLIPWAY_HOME"
    stop_databases
    chmod -R u+w "$SLIPWAY_HOME" 2>/dev/null || true # Go makes its module cache read-only
    rm -rf "${SLIPWAY_HOME:?}"
    note "Aspire keeps small files of its own in ~/.aspire and ~/.dcp, for every AppHost of this user; remove them by hand if Slipway's was the only one."
  fi
}

stop_databases() {
  "$LOCAL/postgres.sh" down --data "$SLIPWAY_HOME/postgres"
  "$LOCAL/postgres.sh" down --data "$SLIPWAY_HOME/test-postgres" --purge
}
# An AppHost, started by hand perhaps, holds its lock.
apphosts() { lslocks -n -r -o PID,PATH 2>/dev/null | awk -v file="$SLIPWAY_HOME/apphost.lock" '$2 == file {print $1}'; }
stop_run() {
  local target since
  { read -r target since <"$SLIPWAY_HOME/run.pid"; } 2>/dev/null || return 0
  if start_time "$target" && [ "$start_time" = "$since" ]; then end_process "$target"; fi
  rm -f "$SLIPWAY_HOME/run.pid"
}
end_process() {
  local tries
  kill -TERM "$1" 2>/dev/null || return 0
  for ((tries = 0; tries < 300; tries++)); do
    start_time "$1" || return 0
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null || true
}
