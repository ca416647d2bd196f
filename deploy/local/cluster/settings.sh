# shellcheck shell=bash disable=SC2034 # sourced: what is set here is used elsewhere
# Where things are and which addresses and ports they take. Every port is unusual, so that the cluster lives beside
# others; the registry alone keeps its well-known 5000 because image names contain it.

SLIPWAY_HOME=${SLIPWAY_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
CLUSTER=$SLIPWAY_HOME/cluster
mkdir -p "$CLUSTER"
CLUSTER=$(cd "$CLUSTER" && pwd -P)

K8S_BIN=$CLUSTER/bin      # made by build-kubernetes.sh
IMAGES=$CLUSTER/images    # archives of the sample images
STATE=$CLUSTER/state      # survives down, is removed by down --purge
PKI=$STATE/pki
KUBECONFIGS=$STATE/kubeconfig
ADMIN_CONF=$KUBECONFIGS/admin.conf
RUN=$STATE/run            # pid files and what must be undone by down
LOG=$SLIPWAY_HOME/logs/cluster
LOCK=$CLUSTER/lock

CNI_BIN=/usr/lib/cni
KUBECTL=${KUBECTL:-$(command -v kubectl || echo kubectl)}
NODE=node1
BRIDGE=slipway0
POD_CIDR=10.244.0.0/24
# The node's address is the bridge's: nothing depends on a real network interface, and nothing is exposed on one.
NODE_IP=10.244.0.1
SERVICE_CIDR=10.96.0.0/16
SERVICE_API=10.96.0.1
CLUSTER_DOMAIN=cluster.local

REGISTRY_PORT=5000
API_PORT=16443
ETCD_PORT=12379
ETCD_PEER_PORT=12380
KUBELET_PORT=16250
KUBELET_HEALTH_PORT=16248
CONTROLLERS_PORT=16257
SCHEDULER_PORT=16259
PROXY_HEALTH_PORT=16256
PROXY_METRICS_PORT=16249

CONTAINERD=$RUN/containerd.sock
PAUSE_IMAGE=localhost/pause:1
# The longest path a unix socket can have is 107 characters, and containerd appends ".ttrpc".
[ ${#CONTAINERD} -lt 100 ] || { echo "cluster.sh: SLIPWAY_HOME is too long a path for a unix socket: $CONTAINERD" >&2; exit 1; }
