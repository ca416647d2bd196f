# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # $pid is set by alive; the rest is read by other files
# How each component is started. `start_component NAME` may be called at any time: it does nothing when NAME is running,
# so `up` and the supervision in `serve` use the same functions.

COMPONENTS="etcd registry containerd kube-apiserver api-forward dnsmasq dns-feed kube-controller-manager kube-scheduler kubelet kube-proxy"

start_component() { "start_${1//-/_}"; }

curl_admin() { curl -sf --max-time 5 --cacert "$PKI/kubernetes-ca.crt" --cert "$PKI/admin.crt" --key "$PKI/admin.key" "$@"; }
api() { curl_admin "https://127.0.0.1:$API_PORT$1"; }
kctl() { KUBECONFIG=$ADMIN_CONF "$KUBECTL" "$@"; }

start_etcd() {
  start etcd etcd --name local --data-dir "$STATE/etcd" --log-level warn --logger zap \
    --listen-client-urls "https://127.0.0.1:$ETCD_PORT" --advertise-client-urls "https://127.0.0.1:$ETCD_PORT" \
    --listen-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" --initial-advertise-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" \
    --initial-cluster "local=http://127.0.0.1:$ETCD_PEER_PORT" \
    --cert-file "$PKI/etcd-server.crt" --key-file "$PKI/etcd-server.key" --client-cert-auth --trusted-ca-file "$PKI/etcd-ca.crt"
}
etcd_healthy() {
  curl -sf --max-time 2 --cacert "$PKI/etcd-ca.crt" --cert "$PKI/etcd-client.crt" --key "$PKI/etcd-client.key" "https://127.0.0.1:$ETCD_PORT/health"
}

start_registry() { start registry docker-registry serve "$STATE/registry/config.yml"; }
registry_healthy() { curl -sf --max-time 2 "http://127.0.0.1:$REGISTRY_PORT/v2/"; }

# containerd and the kubelet live in a mount namespace of their own, held by a sleeping process. Their mounts and the
# paths compiled into them never appear on the machine, and all mounts are gone once the last process in it is.
start_namespace() {
  ! alive mount-namespace || return 0
  local inside
  for inside in containerd kubelet; do
    if alive "$inside"; then start mount-namespace nsenter -t "$pid" -m -- sleep infinity; return; fi
  done
  rm -f "$RUN/mounts.ready"
  start mount-namespace unshare --mount --propagation private bash -c '
    set -e
    mount --bind "$0/var/run-containerd" /run/containerd
    mount --bind "$0/var/lib-cni" /var/lib/cni
    mount --bind "$0/var/lib-kubelet" /var/lib/kubelet
    mount --bind "$0/var/log/pods" /var/log/pods
    mount --bind "$0/var/log/containers" /var/log/containers
    mount --make-rshared /
    : >"$0/run/mounts.ready"
    exec sleep infinity' "$STATE"
  until_ok 10 mount-namespace test -e "$RUN/mounts.ready"
}
in_namespace() { # NAME COMMAND...
  local name=$1
  shift
  start_namespace
  start "$name" nsenter -t "$(pid_of mount-namespace)" -m -- "$@"
}

start_containerd() { in_namespace containerd containerd -c "$STATE/containerd/config.toml" -l warn; }
containerd_healthy() { ctr -a "$CONTAINERD" version; }

start_kube_apiserver() {
  start kube-apiserver "$K8S_BIN/kube-apiserver" \
    --bind-address=127.0.0.1 --secure-port="$API_PORT" --advertise-address="$NODE_IP" \
    --etcd-servers="https://127.0.0.1:$ETCD_PORT" --etcd-cafile="$PKI/etcd-ca.crt" --etcd-certfile="$PKI/etcd-client.crt" --etcd-keyfile="$PKI/etcd-client.key" \
    --tls-cert-file="$PKI/kube-apiserver.crt" --tls-private-key-file="$PKI/kube-apiserver.key" --client-ca-file="$PKI/kubernetes-ca.crt" \
    --anonymous-auth=false --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$PKI/sa.pub" --service-account-signing-key-file="$PKI/sa.key" \
    --service-cluster-ip-range="$SERVICE_CIDR" \
    --kubelet-client-certificate="$PKI/apiserver-kubelet-client.crt" --kubelet-client-key="$PKI/apiserver-kubelet-client.key" \
    --kubelet-certificate-authority="$PKI/kubernetes-ca.crt" --kubelet-preferred-address-types=InternalIP,Hostname \
    --requestheader-client-ca-file="$PKI/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file="$PKI/front-proxy-client.crt" --proxy-client-key-file="$PKI/front-proxy-client.key" \
    --profiling=false
}
# Pods reach the API server at the first service address, which kube-proxy sends to the node's address.
start_api_forward() {
  start api-forward socat "TCP4-LISTEN:$API_PORT,bind=$NODE_IP,reuseaddr,fork" "TCP4:127.0.0.1:$API_PORT"
}

start_dnsmasq() {
  mkdir -p "$STATE/dns/records"
  start dnsmasq dnsmasq --conf-file="$STATE/dns/dnsmasq.conf"
}
dns_answers() { ! port_is_free "$NODE_IP" 53; }
start_dns_feed() {
  start dns-feed "$HERE/dns-feed.sh" "https://127.0.0.1:$API_PORT" "$PKI" "$STATE/dns/records" "$CLUSTER_DOMAIN"
}

start_kube_controller_manager() {
  start kube-controller-manager "$K8S_BIN/kube-controller-manager" --kubeconfig="$KUBECONFIGS/controller-manager.conf" \
    --authentication-kubeconfig="$KUBECONFIGS/controller-manager.conf" --authorization-kubeconfig="$KUBECONFIGS/controller-manager.conf" \
    --bind-address=127.0.0.1 --port=0 --secure-port="$CONTROLLERS_PORT" --tls-cert-file="$PKI/local-server.crt" --tls-private-key-file="$PKI/local-server.key" \
    --client-ca-file="$PKI/kubernetes-ca.crt" --requestheader-client-ca-file="$PKI/front-proxy-ca.crt" \
    --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/kubernetes-ca.crt" --use-service-account-credentials=true \
    --cluster-signing-cert-file="$PKI/kubernetes-ca.crt" --cluster-signing-key-file="$PKI/kubernetes-ca.key" \
    --kube-api-qps=100 --kube-api-burst=200 \
    --flex-volume-plugin-dir="$STATE/volumeplugins" --leader-elect=false
}
controllers_healthy() { curl -skf --max-time 2 "https://127.0.0.1:$CONTROLLERS_PORT/healthz"; }

start_kube_scheduler() {
  start kube-scheduler "$K8S_BIN/kube-scheduler" --kubeconfig="$KUBECONFIGS/scheduler.conf" \
    --authentication-kubeconfig="$KUBECONFIGS/scheduler.conf" --authorization-kubeconfig="$KUBECONFIGS/scheduler.conf" \
    --bind-address=127.0.0.1 --port=0 --secure-port="$SCHEDULER_PORT" --tls-cert-file="$PKI/local-server.crt" --tls-private-key-file="$PKI/local-server.key" \
    --client-ca-file="$PKI/kubernetes-ca.crt" --leader-elect=false
}
scheduler_healthy() { curl -skf --max-time 2 "https://127.0.0.1:$SCHEDULER_PORT/healthz"; }

# --containerd and --containerd-namespace: without them the cAdvisor series carry no namespace, pod and container labels.
# nsenter execs the kubelet, so that a restart of it needs the namespace to be there, see start_namespace.
# A container that cAdvisor could not make out when it started is looked for again only every global housekeeping, once a minute by default.
start_kubelet() {
  alive kubelet || date -u +%FT%TZ >"$RUN/kubelet.since"
  in_namespace kubelet "$K8S_BIN/kubelet" --config="$STATE/kubelet.yaml" --kubeconfig="$KUBECONFIGS/kubelet.conf" \
    --container-runtime=remote --container-runtime-endpoint="unix://$CONTAINERD" --image-service-endpoint="unix://$CONTAINERD" \
    --containerd="$CONTAINERD" --containerd-namespace=k8s.io --pod-infra-container-image="$PAUSE_IMAGE" \
    --hostname-override="$NODE" --node-ip="$NODE_IP" --root-dir="$STATE/kubelet" --cert-dir="$STATE/kubelet/pki" \
    --housekeeping-interval=5s --global-housekeeping-interval=10s
}
kubelet_healthy() { curl -sf --max-time 2 "http://127.0.0.1:$KUBELET_HEALTH_PORT/healthz"; }

start_kube_proxy() {
  start kube-proxy "$K8S_BIN/kube-proxy" --kubeconfig="$KUBECONFIGS/proxy.conf" --proxy-mode=iptables --hostname-override="$NODE" --cluster-cidr="$POD_CIDR" \
    --nodeport-addresses="127.0.0.0/8,$NODE_IP/32" --healthz-bind-address="127.0.0.1:$PROXY_HEALTH_PORT" --metrics-bind-address="127.0.0.1:$PROXY_METRICS_PORT" \
    --iptables-min-sync-period=100ms --conntrack-max-per-core=0 --conntrack-min=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0 --oom-score-adj=0
}
proxy_healthy() { curl -sf --max-time 2 "http://127.0.0.1:$PROXY_HEALTH_PORT/healthz"; }

# Ready, and said so by this kubelet: after a restart the stored node still claims to be Ready.
node_ready() {
  local ready
  ready=$(api "/api/v1/nodes/$NODE" | jq -er '.status.conditions[] | select(.type == "Ready" and .status == "True").lastHeartbeatTime') &&
    [[ $ready > $(<"$RUN/kubelet.since") ]]
}
node_schedulable() { api "/api/v1/nodes/$NODE" | jq -e '[.spec.taints[]? | select(.key == "node.kubernetes.io/not-ready")] == []'; }
default_account_ready() { api /api/v1/namespaces/default/serviceaccounts/default | jq -e '.secrets[0]'; }
