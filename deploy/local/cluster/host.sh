# shellcheck shell=bash
# What the cluster changes on the machine outside its own folder - kernel settings, packet filter rules, the bridge, empty
# mount points - and putting it back. What was there before is written down first, so `down` can undo it at any time.

MOUNT_POINTS="/run/containerd /var/lib/cni /var/lib/kubelet /var/log/pods /var/log/containers"
KERNEL_SETTINGS="net.ipv4.ip_forward net.ipv4.conf.all.route_localnet net.bridge.bridge-nf-call-iptables
  vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes
  net.ipv4.vs.conntrack net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_tcp_timeout_established
  net.netfilter.nf_conntrack_tcp_timeout_close_wait"

kube_chains() { { iptables-save; ip6tables-save; } 2>/dev/null | grep -oE '^:(KUBE|CNI)-[^ ]+' | sort -u; }

remember_host() {
  [ ! -f "$RUN/host.remembered" ] || return 0
  # kube-proxy would take over the rules of another one, and `down` could not tell whose they are.
  if kube_chains | grep -q '^:KUBE-SERVICES'; then
    die "another Kubernetes runs on this machine (its kube-proxy rules are there). Set KUBECONFIG to use that one, or stop it first"
  fi
  local key family table point
  for key in $KERNEL_SETTINGS; do printf '%s=%s\n' "$key" "$(sysctl -n "$key" 2>/dev/null || true)"; done | grep -v '=$' >"$RUN/sysctl.before"
  for family in iptables ip6tables; do
    { $family-save 2>/dev/null || true; } | sed -n 's/^\*//p' | while read -r table; do echo "$family $table"; done
  done >"$RUN/tables.before"
  kube_chains >"$RUN/chains.before" || true
  for point in $MOUNT_POINTS; do [ -d "$point" ] || echo "$point"; done >"$RUN/dirs.created"
  : >"$RUN/host.remembered"
}

prepare_host() {
  # shellcheck disable=SC2086 # a list
  mkdir -p $MOUNT_POINTS
  modprobe -qa br_netfilter overlay 2>/dev/null || true # built into some kernels, not loadable in some containers
  ip link show "$BRIDGE" >/dev/null 2>&1 || ip link add "$BRIDGE" type bridge
  [[ $(ip -4 addr show dev "$BRIDGE") == *"inet $NODE_IP/24"* ]] || ip addr add "$NODE_IP/24" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  ip route replace "$SERVICE_CIDR" dev "$BRIDGE" src "$NODE_IP"
  sysctl -qw net.ipv4.ip_forward=1
  sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
  # A machine with Docker drops what is forwarded: let pods out, and the answers back in.
  forward_rules -C 2>/dev/null || forward_rules -I
}
forward_rules() {
  iptables -w "$1" FORWARD -i "$BRIDGE" -m comment --comment slipway -j ACCEPT &&
    iptables -w "$1" FORWARD -o "$BRIDGE" -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment slipway -j ACCEPT
}

# Removes the chains of kube-proxy and the CNI plugins that were not there before, in one transaction per table.
restore_packet_filter() {
  local family table
  while forward_rules -D 2>/dev/null; do :; done
  for family in iptables ip6tables; do
    for table in raw mangle nat filter; do
      { $family-save -t $table 2>/dev/null || true; } | awk -v table=$table -v known="$RUN/chains.before" '
        BEGIN { while ((getline line < known) > 0) before[line] = 1 }
        /^:(KUBE-|CNI-)/ { if (!($1 in before)) { chains[++n] = substr($1, 2); ours[substr($1, 2)] = 1 } next }
        /^-A / && !($2 in ours) {
          for (i = 3; i < NF; i++) if ($i == "-j" && ($(i + 1) in ours)) { sub(/^-A/, "-D"); rules[++m] = $0; break }
        }
        END {
          if (n + m == 0) exit
          print "*" table
          for (i = 1; i <= n; i++) print ":" chains[i] " - [0:0]"
          for (i = 1; i <= m; i++) print rules[i]
          for (i = 1; i <= n; i++) print "-X " chains[i]
          print "COMMIT"
        }' >"$RUN/undo.rules"
      [ ! -s "$RUN/undo.rules" ] || $family-restore --noflush <"$RUN/undo.rules" || say "warning: the $family table $table could not be cleaned up"
      remove_empty_table "$family" $table
    done
  done
}
# Only the nft backend shows tables that exist but are empty.
remove_empty_table() {
  [ -f "$RUN/tables.before" ] && ! grep -qx "$1 $2" "$RUN/tables.before" || return 0
  [[ $($1 --version 2>/dev/null) == *nf_tables* ]] && command -v nft >/dev/null || return 0
  if ! "$1-save" -t "$2" 2>/dev/null | grep -E '^(-A|:[^ ]+ -)' >/dev/null; then
    nft delete table "$([ "$1" = iptables ] && echo ip || echo ip6)" "$2" 2>/dev/null || true
  fi
}

restore_host() {
  local line set link
  if [ -f "$RUN/host.remembered" ]; then
    restore_packet_filter
    while read -r line; do
      [ "$(sysctl -n "${line%%=*}" 2>/dev/null)" = "${line#*=}" ] || sysctl -qw "$line" 2>/dev/null || true
    done <"$RUN/sysctl.before"
    for set in $(ipset list -n 2>/dev/null | grep '^KUBE-' || true); do ipset destroy "$set" 2>/dev/null || true; done
  fi
  for link in $(ip -o link show master "$BRIDGE" 2>/dev/null | sed -n 's/^[0-9]*: \(veth[^@:]*\).*/\1/p'); do ip link del "$link" 2>/dev/null || true; done
  ip link del "$BRIDGE" 2>/dev/null || true
  { conntrack -D -s "$POD_CIDR"; conntrack -D -d "$POD_CIDR"; conntrack -D -d "$SERVICE_CIDR"; } >/dev/null 2>&1 || true
  if [ -f "$RUN/dirs.created" ]; then
    while read -r line; do rmdir "$line" 2>/dev/null || true; done <"$RUN/dirs.created"
  fi
  rm -f "$RUN"/{sysctl.before,tables.before,chains.before,dirs.created,undo.rules,host.remembered}
}
