# shellcheck shell=bash disable=SC2154 # $dotnet is set in dotnet.sh
# ./platform install: builds the images, makes the secrets once, applies what the AppHost publishes, and waits until it serves.
# May be interrupted at any point and run again: every step looks at what is there first.

INSTALL_USAGE='./platform install [--kubeconfig FILE] (--registry HOST/PATH | --import-into k0s|SOCKET) (--url URL | --node-ports HOST[:PORT]) [OPTIONS]

Installs Slipway in the cluster of a kubeconfig, or upgrades it. Secrets are made once and kept in the cluster.

  --registry HOST/PATH     pushes the images there; the nodes pull them from there (sign in with skopeo login HOST)
  --import-into k0s|SOCKET imports the images into the containerd of this machine, for a cluster with one node
  --url URL                the address that people open; the Ingress takes its host name
  --tls-secret NAME        the TLS secret of the Ingress in the namespace (slipway-tls)
  --ingress-class NAME     the Ingress class, where the cluster has no default one
  --apps-domain DOMAIN     apps get host names below it; a wildcard DNS record leads there
  --node-ports HOST[:PORT] no Ingress and no TLS: portal (port 30080) and apps are reached at ports of HOST, an address of a node
  --values FILE            more values for the manifests, see values.yaml of the chart; what it says goes before the options
  --data-dir DIR           where data is kept on a node, for a cluster without a default storage class
  --node NAME              the node of --data-dir; not needed when there is one node
  --namespace NAME         where Slipway is installed (slipway)
  --base-image IMAGE       what the API and the portal are put on: auto (default), debian, or an image
  --tag TAG                the tag of the images; by default it names their content
  --timeout SECONDS        how long to wait until it serves (600)'

install_slipway() {
  take_install_options "$@"
  plan 7
  ensure_packages install
  ensure_dotnet
  check_cluster_for_install
  step "Building the images"
  build_slipway_images
  step "Bringing the images to the cluster"
  deliver_images
  step "Applying the manifests"
  ensure_installation_secret
  render_manifests
  apply_manifests
  step "Waiting until it serves"
  wait_until_it_serves
  say_address
}

take_install_options() {
  registry='' import_into='' url='' tls_secret=slipway-tls ingress_class='' apps_domain='' node_ports='' values_file='' data_dir='' node=''
  namespace=slipway base_image=auto tag='' timeout=600
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) echo "$INSTALL_USAGE"; exit 0 ;;
      --registry | --import-into | --url | --tls-secret | --ingress-class | --apps-domain | --node-ports | --data-dir | --node | --namespace | --base-image | --tag | --timeout)
        [ $# -gt 1 ] || fail "$1 needs a value."
        local name=${1#--}
        printf -v "${name//-/_}" %s "$2"
        shift
        ;;
      --values) [ $# -gt 1 ] || fail "--values needs a file."; values_file=$2; shift ;;
      *) fail "./platform install does not know $1.

$INSTALL_USAGE" ;;
    esac
    shift
  done
  [ -n "$registry$import_into" ] || fail "Say how the images get to the nodes: --registry HOST/PATH, or --import-into k0s for a single node that is this machine."
  [ -z "$registry" ] || [ -z "$import_into" ] || fail "Give either --registry or --import-into."
  [ -n "$url$node_ports" ] || fail "Say where people open Slipway: --url https://slipway.example.org, or --node-ports HOST for ports of a node."
  [[ -z $url || $url =~ ^https?://[^/?#]+/?$ ]] || fail "--url is an address without a path, such as https://slipway.example.org."
  url=${url%/}
  [[ -z $registry || $registry =~ ^[a-zA-Z0-9.-]+(:[0-9]+)?(/[a-z0-9._/-]+)?$ ]] || fail "--registry is a host and a path, such as registry.example.org/team, without https://."
  registry=${registry%/}
  [ -z "$values_file" ] || [ -r "$values_file" ] || fail "The file of --values, $values_file, cannot be read."
  [[ -z $data_dir || $data_dir = /* ]] || fail "--data-dir is a folder on the node and begins with a slash."
  [ -z "$url" ] || [ -z "$node_ports" ] || fail "Give either --url or --node-ports."
  [[ -z $node_ports || $node_ports =~ ^[a-zA-Z0-9.-]+(:[0-9]+)?$ ]] || fail "--node-ports is a host name or an IPv4 address of a node, and a port if another than 30080 is wanted."
  node_port=30080
  case $node_ports in *:*) node_port=${node_ports##*:} node_ports=${node_ports%:*} ;; esac
  [ "$node_port" -ge 1 ] && [ "$node_port" -le 65535 ] || fail "The port of --node-ports is from 1 to 65535; most clusters want 30000 to 32767."
  [[ -n $url || -z $apps_domain ]] || fail "--apps-domain goes with --url: with --node-ports apps get ports."
  [[ $namespace =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] || fail "--namespace is lower-case letters, digits and hyphens, at most 63."
  [[ -z $tag || $tag =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] || fail "--tag is letters, digits, dots, hyphens and underscores, at most 128."
  [[ $timeout =~ ^[1-9][0-9]{0,5}$ ]] || fail "--timeout is a number of seconds."
}

# What the manifests consist of, beside what Slipway's own account is given: who gives rights must have them.
INSTALL_RIGHTS='get list create patch delete||namespaces secrets configmaps services serviceaccounts persistentvolumeclaims
get list create patch delete|apps|deployments statefulsets
get list create patch delete|networking.k8s.io|networkpolicies ingresses
get list create patch delete|rbac.authorization.k8s.io|clusterroles clusterrolebindings
get list create patch delete|policy|poddisruptionbudgets'

check_cluster_for_install() {
  if [ -z "${KUBECONFIG:-}" ]; then
    if [ -r "$HOME/.kube/config" ]; then export KUBECONFIG=$HOME/.kube/config
    else fail "Say which cluster: ./platform install --kubeconfig FILE, or set KUBECONFIG. On a k0s controller, k0s kubeconfig admin prints one."; fi
  fi
  NEEDED_RIGHTS+=$'\n'$INSTALL_RIGHTS
  [ -z "$data_dir" ] || NEEDED_RIGHTS+=$'\nget list create patch delete||persistentvolumes'
  check_given_cluster
  server_version=$(kubectl get --raw /version | jq -r '"\(.major).\(.minor)"' | tr -cd '0-9.')
  note "Kubernetes $server_version"
  if [ -n "$data_dir" ]; then find_data_node; else check_storage_class; fi
}

check_storage_class() {
  local default
  default=$(kubectl get storageclasses -o json | jq -r '[.items[] | select(.metadata.annotations["storageclass.kubernetes.io/is-default-class"] == "true").metadata.name][0] // ""')
  if [ -n "$default" ] || { [ -n "$values_file" ] && grep -q '^ *className: *[^ "]' "$values_file"; }; then return; fi
  fail "The cluster has no default storage class, so nobody would make volumes for the database. Give --data-dir DIR to keep the data in a folder of one node, or name a class by storage.className in the file of --values."
}

find_data_node() {
  local nodes
  nodes=$(kubectl get nodes -o json | jq -r '.items[].metadata.name')
  if [ -z "$node" ]; then
    [ "$(wc -l <<<"$nodes")" = 1 ] || fail "The cluster has several nodes: say by --node NAME on which of them $data_dir is. There are: $(paste -sd' ' <<<"$nodes")."
    node=$nodes
  fi
  grep -qxF -- "$node" <<<"$nodes" || fail "There is no node $node. There are: $(paste -sd' ' <<<"$nodes")."
}

build_slipway_images() {
  local log=$SLIPWAY_HOME/logs/images.log
  attend "$log" image_progress build_images_into_list ${tag:+--tag "$tag"} --base "$base_image" --dotnet "$dotnet"
  images=$(<"$SLIPWAY_HOME/images/list")
}
build_images_into_list() {
  mkdir -p "$SLIPWAY_HOME/images"
  "$ROOT/deploy/images/build.sh" --output "$SLIPWAY_HOME/images" "$@" >"$SLIPWAY_HOME/images/list"
}
image_progress() { echo "starting"; tail -n 1 "$SLIPWAY_HOME/logs/images.log"; }

# reference NAME TAG: what the manifests call an image
reference() { echo "${registry:-localhost/slipway}/$([ -z "$registry" ] || echo slipway-)$1:$2"; }

deliver_images() {
  local name version file target
  while read -r name version file; do
    target=$(reference "$name" "$version")
    if [ -n "$registry" ]; then push_image "$file" "$target"; else import_image "$file" "$target"; fi
    note "$target"
  done <<<"$images"
}

push_image() {
  local tls=()
  case ${registry%%/*} in 127.* | localhost | localhost:*) tls=(--dest-tls-verify=false) ;; esac
  if [ -z "$tag" ] && skopeo inspect --raw "${tls[@]/dest-/}" "docker://$2" >/dev/null 2>&1; then return; fi
  attend "$SLIPWAY_HOME/logs/push.log" still_going skopeo copy --insecure-policy "${tls[@]}" "docker-archive:$1" "docker://$2"
}

import_image() {
  local ctr=(ctr -a "$import_into" -n k8s.io) own
  if [ "$import_into" = k0s ]; then ctr=(k0s ctr -n k8s.io); fi
  own=$(tar -xOf "$1" manifest.json | jq -r '.[0].RepoTags[0]')
  if "${ctr[@]}" images ls -q | grep -qxF "$2" && [ -z "$tag" ]; then return; fi
  attend "$SLIPWAY_HOME/logs/import.log" still_going "${ctr[@]}" images import "$1"
  if [ "$own" != "$2" ]; then "${ctr[@]}" images tag --force "$own" "$2" >/dev/null; fi
}

# The secrets are made by the first installation and read by all later ones, from whichever machine they are run.
SECRET=slipway-installation
ensure_installation_secret() {
  kubectl get namespace "$namespace" >/dev/null 2>&1 || kubectl create namespace "$namespace" >/dev/null
  if ! kubectl -n "$namespace" get secret $SECRET >/dev/null 2>&1; then
    jq -n --arg name $SECRET --arg postgres "$(openssl rand -hex 32)" --arg encryption "$(openssl rand -base64 32)" --arg protection "$(openssl rand -base64 32)" \
      --arg alerts "$(openssl rand -hex 32)" --arg metrics "$(openssl rand -hex 32)" --arg setup "$(openssl rand -hex 32)" \
      '{apiVersion: "v1", kind: "Secret", metadata: {name: $name, labels: {"app.kubernetes.io/part-of": "slipway"}},
        stringData: {"postgres-password": $postgres, "encryption-key": $encryption, "data-protection-secret": $protection,
                     "alerts-token": $alerts, "metrics-token": $metrics, "setup-token": $setup}}' |
      kubectl -n "$namespace" create -f - >/dev/null || note "the secrets have just been made by another installation"
  fi
  secrets=$(kubectl -n "$namespace" get secret $SECRET -o json | jq -c '.data | map_values(@base64d)')
}

# render_manifests: sets $rendered to a folder with the manifests of this installation
render_manifests() {
  rendered=$(mktemp -d)
  at_exit rm -rf "$rendered"
  installation_values >"$rendered/values.json"
  attend "$SLIPWAY_HOME/logs/publish.log" still_going "$dotnet" run --project "$ROOT/AppHost" -c Release -- \
    --operation publish --step publish --output-path "$rendered" --values "$rendered/values.json" ${values_file:+--values "$values_file"}
  [ -s "$rendered/manifests/kustomization.yaml" ] || fail "The AppHost has not written manifests/kustomization.yaml; what it said is in $SLIPWAY_HOME/logs/publish.log. Nothing is applied."
}
