# shellcheck shell=bash disable=SC2154 # $dotnet, $group and $start_time are set in other files
# ./platform doctor: one line for each thing that must be right, and how to make it so. Exit code 1 when one is not.

ill=0
ok() { printf '  OK       %s\n' "$*"; }
missing() { printf '  missing  %s\n           -> %s\n' "$1" "$2"; ill=1; }
wrong() { printf '  wrong    %s\n           -> %s\n' "$1" "$2"; ill=1; }
hint() { printf '  note     %s\n           -> %s\n' "$1" "$2"; }

doctor() {
  local kind
  echo "Machine"; check_machine
  echo ".NET"; check_dotnet
  for kind in always cluster install test; do
    case $kind in
      always) echo "Debian packages for everything" ;;
      cluster) echo "Debian packages for the local cluster" ;;
      install) echo "Debian packages for ./platform install" ;;
      test) echo "Debian packages for tests and benchmarks" ;;
    esac
    check_packages $kind
  done
  if uses_own_cluster; then
    echo "Local cluster (KUBECONFIG is not set)"; check_local_cluster
  else
    echo "Cluster of KUBECONFIG"; check_kubeconfig
  fi
  echo "Ports"; check_ports
  echo
  if [ $ill = 0 ]; then echo "All is well."; else echo "Something is missing or wrong, see the arrows. What is missing, ./platform run and test get by themselves."; fi
  return $ill
}

check_machine() {
  local release cores memory disk place=$SLIPWAY_HOME
  release=$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-unknown}")
  if ! uses_own_cluster || kubernetes_is_built; then ok "$release"
  elif [[ $(. /etc/os-release && echo "${ID:-}-${VERSION_ID:-}") = debian-12 ]]; then ok "$release"
  else wrong "$release: the local cluster is built from Debian 12's packages" "use Debian 12, or set KUBECONFIG to an existing cluster"; fi

  if [ "$(id -u)" = 0 ]; then ok "root"
  elif uses_own_cluster; then wrong "not root: the local cluster makes namespaces, a bridge and packet filter rules" "run as root, or set KUBECONFIG to an existing cluster"
  else ok "not root, not needed with KUBECONFIG"; fi

  cores=$(nproc)
  if [ "$cores" -ge 2 ]; then ok "$cores cores"; else wrong "$cores core" "give this machine two cores"; fi
  memory=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
  if [ "$memory" -ge 2500 ] || [ "$(cluster_state)" = up ]; then ok "$memory MiB of memory available"
  else wrong "$memory MiB of memory available" "2500 MiB are needed; stop something or add memory"; fi
  mkdir -p "$place"
  disk=$(df -Pm "$place" | awk 'NR == 2 {print $4}')
  if [ "$disk" -ge 6000 ] || { kubernetes_is_built && [ "$disk" -ge 2000 ]; }; then ok "$disk MiB free in $place"
  else wrong "$disk MiB free in $place" "building needs 6000 MiB, running 2000; make room or set SLIPWAY_HOME to another disk"; fi

  uses_own_cluster || return 0
  if [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; then ok "mount namespaces"
  else wrong "no right to make mount namespaces" "run as root on a machine or a privileged container"; fi
  if [ -d /sys/fs/cgroup/memory ] || grep -qsw memory /sys/fs/cgroup/cgroup.controllers; then ok "cgroups with the memory controller"
  else wrong "no memory controller in /sys/fs/cgroup" "boot with cgroup_enable=memory"; fi
  if grep -qw overlay /proc/filesystems || modprobe -q overlay 2>/dev/null; then ok "overlay file system"
  else wrong "the kernel has no overlay file system" "use a kernel with it, containers need it"; fi
}

check_dotnet() {
  if find_dotnet; then ok "SDK $("$dotnet" --version) ($dotnet)"
  else missing "the .NET 10 SDK" "./platform run gets it from apt or https://dot.net; or install it from there"; fi
}

check_packages() {
  local absent
  absent=$(missing_packages "$1" | paste -sd' ')
  if [ -z "$absent" ]; then ok "$(packages "$1" | wc -l) packages"; return; fi
  if [ "$1" = cluster ] && ! uses_own_cluster; then hint "not installed: $absent" "not needed while KUBECONFIG is set"
  else missing "$absent" "apt-get install --no-install-recommends $absent   (./platform $(case $1 in test | install) echo "$1" ;; *) echo run ;; esac) does it)"; fi
}

cluster_state() { [ -z "${known_state:-}" ] && known_state=$(cluster state 2>/dev/null || echo down); echo "$known_state"; }
check_local_cluster() {
  if kubernetes_is_built; then ok "Kubernetes 1.20.2 is built"
  else missing "Kubernetes" "./platform run builds it, about 7 minutes on two cores, once"; fi
  case $(cluster_state) in
    up) ok "the cluster is up" ;;
    down) ok "the cluster is down" ;;
    *) wrong "the cluster is $(cluster_state)" "./platform run takes it over; deploy/local/cluster.sh down stops it" ;;
  esac
  if [ "$(cluster_state)" = down ] && iptables-save 2>/dev/null | grep '^:KUBE-SERVICES' >/dev/null; then
    wrong "another Kubernetes runs on this machine (packet filter rules of its kube-proxy)" "set KUBECONFIG to use it, or stop it"
  fi
}

check_kubeconfig() {
  local trouble
  if ! command -v kubectl >/dev/null || ! command -v jq >/dev/null; then missing "kubectl and jq, to ask the cluster" "see above"; return; fi
  trouble=$(cluster_trouble)
  if [ -z "$trouble" ]; then ok "$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}') answers, and the rights suffice"
  else wrong "$trouble" "give another file with --kubeconfig or KUBECONFIG, or unset it to use a cluster on this machine"; fi
}

# "PORT WHAT": taken by us is fine, by others is not
check_ports() {
  local port what holder taken=0
  if ! command -v ss >/dev/null; then missing "ss, to look at ports" "see above"; return; fi
  while read -r port what; do
    holder=$(port_holder "$port")
    [ -n "$holder" ] || continue
    if ours "$holder"; then ok "$port ($what) is ours: $holder"; else wrong "$port ($what) is taken by $holder" "stop that process"; fi
    taken=$((taken + 1))
  done < <(
    printf '%s\n' "8080 portal" "8081 API" "15432 PostgreSQL" "18888 dashboard" "18889 telemetry of the dashboard" "$TEST_POSTGRES_PORT PostgreSQL for tests"
    ! uses_own_cluster || printf '%s\n' "19090 Prometheus" "19093 Alertmanager" "5000 image registry" "12379 etcd" "16443 API server" "16248 kubelet" "16256 kube-proxy" "16257 controllers" "16259 scheduler"
  )
  [ $taken -gt 0 ] || ok "all free"
}
# Ours is a part of the cluster, a database of ours, an AppHost, and what any of these started.
ours() {
  local process=${1##*(pid } known
  process=${process%)}
  known=$(cat "$SLIPWAY_HOME"/cluster/state/run/*.pid "$SLIPWAY_HOME"/*/postgres.pid 2>/dev/null | cut -d' ' -f1; apphosts)
  while [ "${process:-0}" -gt 1 ]; do
    ! grep -qx "$process" <<<"$known" || return 0
    process=$(awk '/^PPid/ {print $2}' "/proc/$process/status" 2>/dev/null)
  done
  return 1
}
