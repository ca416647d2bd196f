#!/usr/bin/env bash
# Keeps one hosts file per Service in the folder that dnsmasq watches, so that `shop.demo.svc.cluster.local` (and through
# the pods' search list `shop` and `shop.demo`) resolves as soon as the Service exists. Started by cluster.sh.
#
#   dns-feed.sh API_URL PKI_DIR RECORDS_DIR DOMAIN
#
# It lists, then watches from there; when the watch ends for whatever reason it lists again, so nothing is missed. While
# the API server is away the records stay. Headless Services have no address of their own and get no record.
set -u
api=$1 pki=$2 records=$3 domain=$4
mkdir -p "$records"
shopt -s nullglob

get() { curl -sfN --cacert "$pki/kubernetes-ca.crt" --cert "$pki/dns.crt" --key "$pki/dns.key" "$@"; }
record() { # NAMESPACE NAME ADDRESS
  local file=$records/$1.$2 line="$3 $2.$1.svc.$domain"
  # dnsmasq reads a file at every event on it, so one that says the same already is left alone
  if [ -f "$file" ] && [ "$(<"$file")" = "$line" ]; then return; fi
  echo "$line" >"$records/.new" && mv "$records/.new" "$file"
}

fields='[.metadata.namespace, .metadata.name, (.spec.clusterIP // "None" | if . == "" then "None" else . end)]'
while :; do
  if ! list=$(get --max-time 20 "$api/api/v1/services"); then
    sleep 0.5
    continue
  fi
  version=$(jq -r .metadata.resourceVersion <<<"$list")
  declare -A wanted=()
  while IFS=$'\t' read -r namespace name address; do
    [ "$address" != None ] || continue
    wanted[$namespace.$name]=1
    record "$namespace" "$name" "$address"
  done < <(jq -r ".items[] | $fields | @tsv" <<<"$list")
  for file in "$records"/*; do
    [ -n "${wanted[${file##*/}]:-}" ] || rm -f "$file"
  done
  : >"$records/.synced"

  # An ERROR event means the version is too old to watch from (410 Gone): list again.
  while IFS=$'\t' read -r event namespace name address; do
    case $event:$address in
      ERROR:*) break ;;
      DELETED:* | *:None) rm -f "$records/$namespace.$name" ;;
      *) record "$namespace" "$name" "$address" ;;
    esac
  done < <(get --max-time 600 "$api/api/v1/services?watch=1&timeoutSeconds=300&resourceVersion=$version" |
    jq --unbuffered -r ".type as \$type | .object | [\$type] + (if \$type == \"ERROR\" then [] else $fields end) | @tsv")
  sleep 0.2
done
