# shellcheck shell=bash disable=SC2154 # $start_time is set by the function of that name
# up and down. Both hold one lock, and both may be interrupted at any point and called again.
#
# $RUN/up says that the cluster is meant to be running; $RUN/owner is "PID STARTTIME" of who will stop it, if anybody.

lock() { exec 9>"$LOCK"; flock -w 300 9 || die "another cluster.sh has been at work for five minutes; it holds $LOCK"; }
unlock() { exec 9>&-; }

forget_earlier_boot() {
  local boot; boot=$(</proc/sys/kernel/random/boot_id)
  if [ -d "$RUN" ] && [ "$(cat "$RUN/boot" 2>/dev/null)" != "$boot" ]; then rm -rf "$RUN"; fi
  mkdir -p "$RUN" "$LOG"
  chmod 700 "$RUN"
  echo "$boot" >"$RUN/boot"
}

set_owner() {
  if [ -z "$1" ]; then rm -f "$RUN/owner"; return; fi
  start_time "$1" || die "there is no process $1 to own the cluster"
  echo "$1 $start_time" >"$RUN/owner"
}
# owner_gone: the cluster was to be stopped by a process that can no longer do it
owner_gone() {
  local owner since
  { read -r owner since <"$RUN/owner"; } 2>/dev/null || return 1
  ! { start_time "$owner" && [ "$start_time" = "$since" ]; }
}
is_up() {
  local name
  [ -f "$RUN/up" ] || return 1
  for name in $COMPONENTS; do alive "$name" || return 1; done
}

preflight() {
  local tool missing=""
  [ "$(id -u)" = 0 ] || die "the local cluster needs root; with KUBECONFIG set another cluster is used"
  for tool in etcd containerd containerd-shim-runc-v2 ctr runc iptables ip openssl curl jq ss nsenter unshare setsid flock conntrack socat skopeo docker-registry dnsmasq gcc busybox "$KUBECTL"; do
    command -v "$tool" >/dev/null || missing+=" $tool"
  done
  for tool in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do [ -x "$K8S_BIN/$tool" ] || missing+=" $tool"; done
  for tool in bridge host-local portmap loopback; do [ -x "$CNI_BIN/$tool" ] || missing+=" $CNI_BIN/$tool"; done
  [ -z "$missing" ] || die "missing:$missing. ./platform doctor says how to get them"
  need_port etcd "$ETCD_PORT"
  need_port registry "$REGISTRY_PORT"
  need_port kube-apiserver "$API_PORT"
  need_port kube-controller-manager "$CONTROLLERS_PORT"
  need_port kube-scheduler "$SCHEDULER_PORT"
  need_port kubelet "$KUBELET_HEALTH_PORT"
  need_port kube-proxy "$PROXY_HEALTH_PORT"
}

# up [--owner PID]
up() {
  local owner=""
  [ "${1:-}" != --owner ] || owner=$2
  lock
  forget_earlier_boot
  if is_up && node_ready; then
    say "the cluster is up already"
    if owner_gone; then set_owner "$owner"; fi
    unlock
    return
  fi
  preflight
  remember_host
  if [ ! -f "$RUN/up" ] || owner_gone; then set_owner "$owner"; fi
  : >"$RUN/up"
  start_everything
  unlock
  say "up. KUBECONFIG=$ADMIN_CONF"
}

# In an order that lets the slow starters - the API server, and the kubelet, which first waits 5 s for a Docker that is
# not there - overlap with the rest.
start_everything() {
  make_certificates
  write_configuration
  rm -f "$STATE/dns/records/.synced"
  start_etcd
  start_registry
  prepare_host
  start_containerd
  until_ok 30 etcd etcd_healthy
  start_kube_apiserver
  start_api_forward
  start_dnsmasq
  until_ok 30 containerd containerd_healthy
  say "etcd and containerd are healthy"
  start_kubelet

  build_images
  until_ok 15 registry registry_healthy
  load_samples
  until_ok 90 kube-apiserver api /readyz
  say "the API server is ready"

  start_kube_controller_manager
  start_kube_scheduler
  start_kube_proxy
  apply_roles
  start_dns_feed
  await_kubelet
  until_ok 60 kube-controller-manager controllers_healthy
  until_ok 60 kube-scheduler scheduler_healthy
  # The kubelet's first status waits for a pod network; the controller would take 10 s to assign one.
  until_ok 60 kubelet api "/api/v1/nodes/$NODE"
  api "/api/v1/nodes/$NODE" | jq -e .spec.podCIDR >/dev/null ||
    kctl patch node "$NODE" --type=merge -p "{\"spec\":{\"podCIDR\":\"$POD_CIDR\",\"podCIDRs\":[\"$POD_CIDR\"]}}" >/dev/null
  until_ok 90 kubelet node_ready
  until_ok 60 kube-controller-manager node_schedulable
  say "the node is ready"
  until_ok 60 kube-controller-manager default_account_ready
  until_ok 30 kube-proxy proxy_healthy
  until_ok 5 dnsmasq dns_answers
  until_ok 30 dns-feed test -e "$STATE/dns/records/.synced"
}

# On a very slow start the kubelet gives up on the API server after 30 s and exits.
await_kubelet() {
  local attempt tries
  for attempt in 1 2 3; do
    start_kubelet
    for ((tries = 0; tries < 300; tries++)); do
      alive kubelet || break
      if kubelet_healthy >/dev/null; then return; fi
      sleep 0.1
    done
    say "the kubelet is not healthy yet (attempt $attempt)"
  done
  until_ok 30 kubelet kubelet_healthy
}

apply_roles() {
  kctl apply -f - >/dev/null <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: kubelet-metrics-reader}
rules:
- {apiGroups: [""], resources: [nodes/metrics, nodes/stats, nodes/proxy], verbs: [get]}
- {apiGroups: [""], resources: [nodes, pods, services, endpoints], verbs: [get, list, watch]}
- {nonResourceURLs: [/metrics], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: prometheus-metrics}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubelet-metrics-reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: prometheus}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-dns}
rules:
- {apiGroups: [""], resources: [services], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: cluster-dns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-dns}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "slipway:cluster-dns"}]
YAML
}

# Processes of our pods: those in the kubelet's cgroups (version 1 has one tree per controller, version 2 one in all).
pod_cgroups() { local tree; for tree in /sys/fs/cgroup/kubepods /sys/fs/cgroup/*/kubepods; do [ ! -d "$tree" ] || echo "$tree"; done; }
pod_pids() { local tree; for tree in $(pod_cgroups); do find "$tree" -name cgroup.procs -exec cat {} + 2>/dev/null || true; done | sort -un; }
# Our containerd's shims: their -address is our socket.
shim_pids() {
  local process arguments
  for process in /proc/[0-9]*; do
    { mapfile -d '' -t arguments <"$process/cmdline"; } 2>/dev/null || continue
    [[ ${arguments[0]:-} == *containerd-shim* && " ${arguments[*]} " == *" -address $CONTAINERD "* ]] && echo "${process#/proc/}"
  done
  return 0
}
# shellcheck disable=SC2046 # lists of pids
kill_pods() {
  local tries
  kill -TERM $(pod_pids) 2>/dev/null || true
  for ((tries = 0; tries < 20; tries++)); do [ -n "$(pod_pids)" ] || return 0; sleep 0.1; done
  kill -KILL $(pod_pids) 2>/dev/null || true
}
# shellcheck disable=SC2046
kill_shims() {
  local tries
  kill -TERM $(shim_pids) 2>/dev/null || true
  for ((tries = 0; tries < 10; tries++)); do [ -n "$(shim_pids)" ] || break; sleep 0.1; done
  kill -KILL $(shim_pids) 2>/dev/null || true
  for ((tries = 0; tries < 20; tries++)); do [ -n "$(pod_pids)" ] || break; kill -KILL $(pod_pids) 2>/dev/null || true; sleep 0.1; done
}

# down [--purge | --if-orphaned]
down() {
  if [ "${1:-}" = --if-orphaned ] && ! owner_gone; then return; fi
  lock
  if [ -d "$RUN" ]; then
    rm -f "$RUN/up" "$RUN/owner" # first, so that a supervisor does not bring back what is being stopped
    if [ -f "$RUN/host.remembered" ]; then stop_everything; say "the cluster is down"; else say "nothing to stop"; fi
  fi
  if [ "${1:-}" = --purge ]; then rm -rf "$STATE"; say "its state is removed"; fi
  unlock
}
stop_everything() {
  local name tree
  # All at once: none needs another to end, and while they start, the API server and the kubelet take no notice of SIGTERM.
  for name in dns-feed dnsmasq kube-scheduler kube-controller-manager kubelet kube-proxy api-forward kube-apiserver; do stop "$name" 5 & done
  wait
  kill_pods
  stop containerd 5
  kill_shims
  stop etcd 10
  stop registry 5
  stop mount-namespace 1
  for tree in $(pod_cgroups); do find "$tree" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
  restore_host
  rm -rf "$STATE/cni/ipam" "$STATE/containerd/state" "$STATE/var/run-containerd" "$STATE/var/lib-cni"
  rm -f "$CONTAINERD" "$CONTAINERD.ttrpc" "$RUN/mounts.ready"
}
