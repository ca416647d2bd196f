# shellcheck shell=bash disable=SC2154 # $pid is set by alive
# status: exit code 0 when everything runs and the API server is ready.

memory_mib() { awk '/^VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$1/status" 2>/dev/null || echo 0; }

# One line for programs: up, down, or what is half-way and why.
state() {
  local name missing="" running=""
  for name in mount-namespace $COMPONENTS; do
    if alive "$name"; then running=yes; else missing+=" $name"; fi
  done
  if [ -z "$missing" ] && [ -f "$RUN/up" ]; then
    if owner_gone; then echo "up, but whoever was to stop it is gone"; else echo up; fi
  elif [ -n "$running" ]; then
    echo "half-way: not running:$missing"
  elif [ -f "$RUN/host.remembered" ] && [ "$(cat "$RUN/boot")" = "$(</proc/sys/kernel/random/boot_id)" ]; then
    echo "half-way: everything has ended, but what it changed on the machine is still there"
  else
    echo down
  fi
}

status() {
  local name shim failed=0 shims=0 shims_mib=0 total=0 mib
  if [ ! -d "$RUN" ]; then echo "the cluster is not running"; return 1; fi
  printf '%-26s %8s %8s\n' COMPONENT PID MiB
  for name in mount-namespace $COMPONENTS; do
    if alive "$name"; then
      mib=$(memory_mib "$pid")
      total=$(awk "BEGIN {print $total + $mib}")
      printf '%-26s %8s %8s\n' "$name" "$pid" "$mib"
    else
      printf '%-26s %8s\n' "$name" -
      failed=1
    fi
  done
  for shim in $(shim_pids); do
    shims=$((shims + 1))
    shims_mib=$(awk "BEGIN {print $shims_mib + $(memory_mib "$shim")}")
  done
  printf '%-26s %8s %8s\n' "containerd-shim" "x$shims" "$shims_mib"
  printf '%-26s %8s %8s\n' total "" "$(awk "BEGIN {print $total + $shims_mib}")"
  if api /readyz >/dev/null; then
    echo "the API server is ready"
    kctl get nodes -o wide 2>&1 || failed=1
  else
    echo "the API server is not ready"
    failed=1
  fi
  return $failed
}
