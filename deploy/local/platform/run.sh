# shellcheck shell=bash disable=SC2034,SC2154 # $dotnet, $group and $start_time are set in other files, RUN is read there
# ./platform run

run() {
  export SLIPWAY_HOME
  if uses_own_cluster; then
    plan 5
    ensure_packages always cluster
    ensure_dotnet
    ensure_kubernetes
  else
    plan 5
    ensure_packages always
    check_given_cluster
    ensure_dotnet
  fi
  local apphost status=0
  apphost=$(output_of AppHost Slipway.AppHost)
  build AppHost/AppHost.csproj "Building Slipway" "$apphost" "$(output_of Api Slipway.Api)" "$(output_of Web Slipway.Web)"
  joined=''
  if uses_own_cluster && [ "$(cluster state)" = up ]; then joined=yes; fi
  step "Starting"
  at_exit stop_what_is_left
  remember_run
  # Should this script be killed, the kernel tells the AppHost, which then stops all it started.
  in_group setpriv --pdeathsig TERM "$dotnet" "$apphost" "$@"
  trap 'ask_to_stop INT' INT
  trap 'ask_to_stop TERM' TERM HUP
  while kill -0 "$group" 2>/dev/null; do
    status=0
    wait "$group" || status=$?
  done
  group=''
  if [ -n "$asked" ]; then exit 130; fi
  exit $status
}

# The first Ctrl-C lets everything end in order; the third is for those who cannot wait.
asked=''
ask_to_stop() {
  asked+=x
  case $asked in
    x) kill "-$1" "$group" 2>/dev/null || true ;;
    xx) kill -TERM "$group" 2>/dev/null || true; echo "still stopping; once more to kill" ;;
    *) kill -KILL -- "-$group" 2>/dev/null || true ;;
  esac
}

remember_run() {
  start_time $$
  echo "$$ $start_time" >"$SLIPWAY_HOME/run.pid"
}
database_runs() { local RUN=$SLIPWAY_HOME/postgres; alive postgres; }
# An AppHost that was killed could not stop what it had started. Its parts notice and end by themselves, which takes some
# seconds; what was killed too is stopped here. A cluster that was up before is left alone, as is all of another AppHost.
stop_what_is_left() {
  local tries
  rm -f "$SLIPWAY_HOME/run.pid"
  if [ -n "$(apphosts)" ]; then return; fi
  for ((tries = 0; tries < 300; tries++)); do
    if [ -z "$joined" ] && uses_own_cluster; then
      cluster down --if-orphaned
      [ "$(cluster state)" = down ] || { sleep 0.1; continue; }
    fi
    database_runs || break
    sleep 0.1
  done
}
