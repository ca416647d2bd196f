# shellcheck shell=bash disable=SC2154 # set in install.sh
# What the manifests are rendered with, and what is printed when Slipway serves.

# installation_values: JSON with the images, the secrets, and what the options say. Secrets go through pipes, never into arguments.
installation_values() {
  local name version file
  {
    echo "$secrets"
    while read -r name version file; do jq -n --arg name "$name" --arg image "$(reference "$name" "$version")" '{($name): $image}'; done <<<"$images" | jq -s add
  } | jq -s --arg namespace "$namespace" --arg url "$url" --arg tls "$tls_secret" --arg class "$ingress_class" --arg domain "$apps_domain" \
    --arg host "$node_ports" --argjson port "$node_port" --arg folder "$data_dir" --arg node "$node" --arg kubernetes "$server_version" '
    .[0] as $secrets | .[1] as $images | ($url | sub("^https?://"; "")) as $portal |
    {namespace: $namespace, kubernetesVersion: $kubernetes, images: $images,
     secrets: {postgresPassword: $secrets["postgres-password"], encryptionKey: $secrets["encryption-key"], dataProtectionSecret: $secrets["data-protection-secret"],
               alertsToken: $secrets["alerts-token"], metricsToken: $secrets["metrics-token"], setupToken: $secrets["setup-token"]}}
    + (if $host == "" then {publicUrl: $url, ingress: {enabled: true, host: $portal, tlsSecret: $tls, className: $class},
                            exposure: ({mode: "Ingress"} + if $domain == "" then {} else {domain: $domain} end)}
       else {publicUrl: "http://\($host):\($port)", allowPlainHttp: true, ingress: {enabled: false}, web: {nodePort: $port},
             exposure: {mode: "NodePort", host: $host}} end)
    + (if $folder == "" then {} else {storage: {hostPath: $folder, node: $node}} end)'
}

# The address, and while nobody administers Slipway the link that makes its opener the administrator.
say_address() {
  local address=${url:-http://$node_ports:$node_port}
  echo
  echo "Slipway serves at $address"
  if [ "$(administrators)" = 0 ]; then
    echo "Nobody administers it yet. Whoever opens this link first and registers becomes its administrator; it works once:"
    echo "  $address/register?setup=$(jq -r '.["setup-token"]' <<<"$secrets")"
  fi
}
# Asked in the database's own pod, so that no network policy has to let this machine in.
administrators() {
  kubectl -n "$namespace" exec statefulset/postgres -- psql -U postgres -d slipway -Atc 'SELECT count(*) FROM users WHERE is_administrator' 2>/dev/null || echo unknown
}
