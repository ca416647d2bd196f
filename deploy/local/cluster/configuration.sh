# shellcheck shell=bash
# Configuration files of the components, written anew by every `up`.

write_configuration() {
  mkdir -p "$STATE"/{etcd,registry,kubelet,manifests,volumeplugins,dns,containerd/root,containerd/state,cni/conf,cni/ipam} \
    "$STATE"/var/{log/pods,log/containers,run-containerd,lib-cni,lib-kubelet}
  chmod 700 "$STATE/etcd"
  containerd_configuration
  network_configuration
  kubelet_configuration
  cat >"$STATE/registry/config.yml" <<CONF
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $STATE/registry/data}, delete: {enabled: true}}
http: {addr: "127.0.0.1:$REGISTRY_PORT"}
CONF
}

# restrict_oom_score_adj: without CAP_SYS_RESOURCE, as in many containers and virtual machines, scores cannot be lowered.
containerd_configuration() {
  cat >"$STATE/containerd/config.toml" <<CONF
version = 2
root = "$STATE/containerd/root"
state = "$STATE/containerd/state"
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "$CONTAINERD"
[ttrpc]
  address = "$CONTAINERD.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$CNI_BIN"
    conf_dir = "$STATE/cni/conf"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$STATE/containerd/certs.d"
CONF
  local host
  for host in "127.0.0.1:$REGISTRY_PORT" "localhost:$REGISTRY_PORT" localhost; do
    mkdir -p "$STATE/containerd/certs.d/$host"
    cat >"$STATE/containerd/certs.d/$host/hosts.toml" <<CONF
server = "http://127.0.0.1:$REGISTRY_PORT"
[host."http://127.0.0.1:$REGISTRY_PORT"]
  capabilities = ["pull", "resolve"]
CONF
  done
}

network_configuration() {
  rm -f "$STATE"/cni/conf/*
  cat >"$STATE/cni/conf/10-$BRIDGE.conflist" <<CONF
{"cniVersion": "0.4.0", "name": "$BRIDGE",
 "plugins": [
  {"type": "bridge", "bridge": "$BRIDGE", "isGateway": true, "isDefaultGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$STATE/cni/ipam", "ranges": [[{"subnet": "$POD_CIDR", "gateway": "$NODE_IP"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
CONF
  # For pods with dnsPolicy Default: the machine's own resolver, if it has one.
  { grep -E '^(nameserver|search|options)' /etc/resolv.conf 2>/dev/null || echo "nameserver $NODE_IP"; } >"$STATE/resolv.conf"
  # user=root: after dropping root it could no longer read records below a home directory that only root may enter.
  cat >"$STATE/dns/dnsmasq.conf" <<CONF
keep-in-foreground
log-facility=-
user=root
pid-file=
listen-address=$NODE_IP
bind-interfaces
no-hosts
hostsdir=$STATE/dns/records
local=/$CLUSTER_DOMAIN/
local-ttl=1
cache-size=1000
domain-needed
CONF
}

kubelet_configuration() {
  cat >"$STATE/kubelet.yaml" <<CONF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
port: $KUBELET_PORT
readOnlyPort: 0
healthzBindAddress: 127.0.0.1
healthzPort: $KUBELET_HEALTH_PORT
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true, cacheTTL: 30s}
  x509: {clientCAFile: $PKI/kubernetes-ca.crt}
authorization: {mode: Webhook, webhook: {cacheAuthorizedTTL: 30s, cacheUnauthorizedTTL: 10s}}
tlsCertFile: $PKI/kubelet-server.crt
tlsPrivateKeyFile: $PKI/kubelet-server.key
cgroupDriver: cgroupfs
cgroupsPerQOS: true
enforceNodeAllocatable: [pods]
failSwapOn: false
oomScoreAdj: 0
protectKernelDefaults: false
resolvConf: $STATE/resolv.conf
clusterDNS: ["$NODE_IP"]
clusterDomain: $CLUSTER_DOMAIN
staticPodPath: $STATE/manifests
volumePluginDir: $STATE/volumeplugins
serializeImagePulls: false
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
hairpinMode: none
syncFrequency: 5s
nodeStatusUpdateFrequency: 4s
kubeAPIQPS: 50
kubeAPIBurst: 100
maxPods: 200
featureGates: {DevicePlugins: false}
CONF
}
