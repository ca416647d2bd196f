#!/usr/bin/env bash
# A real single-node Kubernetes on this machine: etcd, API server, controllers, scheduler, kubelet, kube-proxy,
# containerd, an image registry and cluster DNS, as plain processes of this machine.
#
#   cluster.sh up [--owner PID]     start what is not running; returns when a pod could be scheduled
#   cluster.sh serve [--follow-parent]
#                                   up, then watch over it in the foreground; stopped by SIGTERM or SIGINT, and with the
#                                   flag also when the parent process dies. Exit code 3: somebody else stopped the cluster
#   cluster.sh down [--purge | --if-orphaned]
#                                   stop everything and put the machine back as it was; --purge forgets the state too;
#                                   --if-orphaned only if whoever was to stop the cluster is gone
#   cluster.sh status               components with pid and memory, and the node
#   cluster.sh state                one line: up, down, or what is half-way
#   cluster.sh kubeconfig [--path]  the administrator's kubeconfig
#   cluster.sh images [--force]     build the sample images
#   cluster.sh load-image TAR...    a docker archive into containerd and the registry
#   cluster.sh kubectl ARGS...      kubectl as the administrator
#
# Everything it keeps is under $SLIPWAY_HOME/cluster (SLIPWAY_HOME: ~/.cache/slipway unless set).
set -eu # no pipefail: "cmd | grep -q" would fail at random by SIGPIPE
umask 022
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
for part in settings processes certificates images configuration host components lifecycle serve status; do
  # shellcheck source=/dev/null
  . "$HERE/cluster/$part.sh"
done
# shellcheck source=deploy/images/archive.sh
. "$HERE/../images/archive.sh"

command=${1:-}
[ $# = 0 ] || shift
case $command in
  up) up "$@" ;;
  serve) serve "$@" ;;
  down) down "$@" ;;
  status) status ;;
  state) state ;;
  kubeconfig) if [ "${1:-}" = --path ]; then echo "$ADMIN_CONF"; else cat "$ADMIN_CONF"; fi ;;
  images) build_images "${1:-}" && ls -l "$IMAGES"/*.tar ;;
  load-image) [ $# -gt 0 ] || die "load-image needs at least one docker archive"; load_image "$@" ;;
  kubectl) KUBECONFIG=$ADMIN_CONF exec "$KUBECTL" "$@" ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
