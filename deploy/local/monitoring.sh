#!/usr/bin/env bash
# Prometheus and Alertmanager on 127.0.0.1, for the local cluster: their configuration is made from deploy/prometheus.
#
#   monitoring.sh prometheus --data DIR --port PORT [OPTIONS]     in the foreground
#   monitoring.sh alertmanager --data DIR --port PORT [OPTIONS]   in the foreground; sends to the API with $ALERTS_TOKEN
#   monitoring.sh prometheus-config [OPTIONS]                     prints the configuration only
#   monitoring.sh alertmanager-config --data DIR [OPTIONS]
#
# OPTIONS: where Slipway's processes are, and how often they are asked
#   --api HOST:PORT (127.0.0.1:8081)   --portal HOST:PORT (127.0.0.1:8080)   --alertmanager HOST:PORT (127.0.0.1:19093)   --interval 5s
set -eu
umask 022
export LC_ALL=C

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=deploy/local/cluster/settings.sh
. "$HERE/cluster/settings.sh"
SOURCE=$(cd "$HERE/../prometheus" && pwd -P)

command=${1:-}
data='' port='' api=127.0.0.1:8081 portal=127.0.0.1:8080 alertmanager=127.0.0.1:19093 interval=5s
[ $# = 0 ] || shift
while [ $# -gt 0 ]; do
  case $1 in
    --data) data=$2 ;;
    --port) port=$2 ;;
    --api) api=$2 ;;
    --portal) portal=$2 ;;
    --alertmanager) alertmanager=$2 ;;
    --interval) interval=$2 ;;
    *) echo "monitoring.sh: unknown argument $1" >&2; exit 2 ;;
  esac
  shift 2
done

# Debian's Prometheus cannot ask Kubernetes what there is, so node, API server and Slipway's processes are named here. All else is the
# operator's configuration with other credentials.
prometheus_config() {
  local tls="{ca_file: $PKI/kubernetes-ca.crt, cert_file: $PKI/prometheus.crt, key_file: $PKI/prometheus.key}"
  cat <<CONF
global: {scrape_interval: $interval, scrape_timeout: $interval, evaluation_interval: $interval}
rule_files: ["$SOURCE/rules/*.yml"]
alerting: {alertmanagers: [{static_configs: [{targets: ["$alertmanager"]}]}]}
scrape_configs:
  - job_name: slipway
    static_configs: [{targets: ["$api"], labels: {process: api}}, {targets: ["$portal"], labels: {process: web}}]
  - job_name: slipway-apps
    metrics_path: /metrics/apps
    static_configs: [{targets: ["$api"]}]
CONF
  sed -n '/^  # The cluster and what runs on it/,$p' "$SOURCE/prometheus.yml" | sed -E \
    -e '/^ +authorization: /d' \
    -e "s|^    tls_config: .*|    tls_config: $tls|" \
    -e "s|^    kubernetes_sd_configs: \[\{role: node\}\]|    static_configs: [{targets: [\"$NODE_IP:$KUBELET_PORT\"], labels: {node: $NODE}}]|" \
    -e "s|kubernetes.default.svc:443|127.0.0.1:$API_PORT|" \
    -e "s|http://api-service.slipway:8080|http://$api|" \
    -e "s|refresh_interval: .*|refresh_interval: $interval|"
}
alertmanager_config() {
  sed -E -e "s|http://api-service.slipway:8080|http://$api|" -e "s|/etc/alertmanager/secrets/alerts-token|$data/alerts-token|" "$SOURCE/alertmanager.yml"
}

needs_place() {
  if [ -z "$data" ] || [ -z "$port" ]; then echo "monitoring.sh: $command needs --data DIR --port PORT" >&2; exit 2; fi
  mkdir -p "$data"
  data=$(cd "$data" && pwd -P)
}

case $command in
  prometheus)
    needs_place
    prometheus_config >"$data/prometheus.yml"
    exec prometheus --config.file="$data/prometheus.yml" --web.listen-address="127.0.0.1:$port" \
      --storage.tsdb.path="$data/data" --storage.tsdb.retention.time=31d
    ;;
  alertmanager)
    needs_place
    (umask 077; printf %s "${ALERTS_TOKEN:?}" >"$data/alerts-token")
    alertmanager_config >"$data/alertmanager.yml"
    exec prometheus-alertmanager --config.file="$data/alertmanager.yml" --web.listen-address="127.0.0.1:$port" \
      --storage.path="$data/data" --cluster.listen-address=
    ;;
  prometheus-config) prometheus_config ;;
  alertmanager-config) alertmanager_config ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
