# shellcheck shell=bash
# serve: the cluster as a foreground process that watches over its parts.

serve() {
  owned=""
  trap 'exit 143' TERM
  trap 'exit 130' INT HUP
  trap end_of_service EXIT
  [ "${1:-}" != --follow-parent ] || follow_parent
  if [ -f "$RUN/up" ] && is_up && ! owner_gone; then
    say "joining the cluster that is running already; it will be left running"
  else
    owned=yes
    up --owner $$
  fi
  say "watching over the cluster"
  watch_over
}

# Stops the cluster if it is ours. A second Ctrl-C must not leave half of it behind.
end_of_service() {
  trap '' TERM INT HUP
  trap - EXIT
  local owner=""
  unlock # held when the end comes in the middle of `up`
  [ -z "$owned" ] || { read -r owner _ <"$RUN/owner"; } 2>/dev/null || true
  if [ "$owner" = $$ ]; then
    say "stopping the cluster"
    (down) || true
  fi
}

# Every second the processes, every ten the API server's own opinion. What died is started again, at first at once and
# then with growing pauses.
watch_over() {
  local -A failures=() not_before=()
  local name pause rounds=0 healthy=yes
  while :; do
    sleep 1 &
    wait $! || true
    if [ ! -f "$RUN/up" ]; then
      say "the cluster was stopped by somebody else"
      exit 3 # the AppHost does not start it again
    fi
    for name in mount-namespace $COMPONENTS; do
      if alive "$name" || [ $SECONDS -lt "${not_before[$name]:-0}" ]; then continue; fi
      failures[$name]=$((${failures[$name]:-0} + 1))
      pause=$((1 << (failures[$name] < 6 ? failures[$name] - 1 : 5)))
      not_before[$name]=$((SECONDS + pause))
      say "$name is not running, starting it again: $(tail -n 1 "$LOG/$name.log" 2>/dev/null | cut -c1-120)"
      (restart "$name") || true
    done
    rounds=$((rounds + 1))
    [ $((rounds % 10)) = 0 ] || continue
    for name in "${!failures[@]}"; do
      [ $SECONDS -lt $((not_before[$name] + 60)) ] || unset "failures[$name]"
    done
    if api /readyz >/dev/null; then
      [ -n "$healthy" ] || say "the API server is ready again"
      healthy=yes
    else
      [ -z "$healthy" ] || say "the API server does not answer that it is ready"
      healthy=""
    fi
  done
}
restart() {
  exec 9>"$LOCK"
  flock -n 9 || return 0 # an `up` or `down` is at work
  [ -f "$RUN/up" ] || return 0
  case $1 in
    mount-namespace)
      # With nobody left in the old namespace its pods are orphans whose mounts are gone.
      alive containerd || alive kubelet || { kill_pods; kill_shims; }
      start_namespace ;;
    *) start_component "$1" ;;
  esac
}
