# shellcheck shell=bash
# The cluster a command works with: the one KUBECONFIG names, or the one on this machine.

uses_own_cluster() { [ -z "${KUBECONFIG:-}" ]; }
cluster() { "$LOCAL/cluster.sh" "$@"; }

kubernetes_is_built() { "$LOCAL/build-kubernetes.sh" --is-built; }
ensure_kubernetes() {
  if kubernetes_is_built; then
    step "Kubernetes 1.20.2: built already"
    return
  fi
  step "Building Kubernetes 1.20.2 from Debian's source (about 7 minutes on two cores, once)"
  attend "$SLIPWAY_HOME/logs/kubernetes-build.log" kubernetes_progress "$LOCAL/build-kubernetes.sh"
}
kubernetes_progress() { "$LOCAL/build-kubernetes.sh" --print-progress; }

# What Slipway does in a cluster: "VERBS|API GROUP|RESOURCES". Kept in step with the role in deploy/k0s.
NEEDED_RIGHTS='get list watch create update patch delete||namespaces
get list watch create update patch delete|apps|deployments
get list watch create update patch delete||services secrets resourcequotas limitranges serviceaccounts
get list watch create update patch delete|networking.k8s.io|networkpolicies ingresses
get list watch create update patch delete|policy|poddisruptionbudgets
get list watch||pods events
get||pods/log'

# One question per verb and resource, all in one go; kubectl prints an object or a list of them.
ask() { kubectl create --request-timeout=10s -f - -o json; }
# shellcheck disable=SC2016 # jq's variables
QUESTIONS='def question($verb; $group; $resource): ($resource / "/") as $parts |
  {apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview",
   spec: {resourceAttributes: {verb: $verb, group: $group, resource: $parts[0], subresource: ($parts[1] // "")}}};'

# missing_rights: one "RESOURCE (VERBS)" a line; nothing when all is allowed
missing_rights() {
  jq -cn "$QUESTIONS question(\"*\"; \"*\"; \"*\")" | ask 2>/dev/null | jq -e .status.allowed >/dev/null && return
  jq -cR "$QUESTIONS"' (. / "|") as [$verbs, $group, $resources]
      | ($resources / " ")[] as $resource | ($verbs / " ")[] as $verb | question($verb; $group; $resource)' <<<"$NEEDED_RIGHTS" |
    ask | jq -rs '[.[] | if .kind == "List" then .items[] else . end | select(.status.allowed | not).spec.resourceAttributes
      | {verb, resource: (.resource + if (.subresource // "") == "" then "" else "/" + .subresource end)}]
      | group_by(.resource)[] | "\(.[0].resource) (\(map(.verb) | join(", ")))"'
}

# cluster_trouble: one sentence about what is wrong with the cluster of KUBECONFIG; nothing when it can be used
cluster_trouble() {
  local file=$KUBECONFIG answer server version missing
  [ -r "${file%%:*}" ] || { echo "There is no readable kubeconfig at $file."; return; }
  server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}' 2>/dev/null) || true
  [ -n "$server" ] || { echo "$file is not a kubeconfig with a current context."; return; }
  if ! answer=$(kubectl get --raw /version --request-timeout=8s 2>&1); then
    case $answer in
      *Unauthorized* | *"must be logged in"* | *"provide credentials"*) echo "The cluster at $server does not accept the credentials in $file." ;;
      *) echo "The cluster at $server (from $file) does not answer: $(grep -v '^[EIW][0-9]\{4\}' <<<"$answer" | tail -n 1 | cut -c1-200)." ;;
    esac
    return
  fi
  version=$(jq -r '"\(.major).\(.minor)"' <<<"$answer" 2>/dev/null | tr -cd '0-9.') || true
  if [ "$(printf '1.20\n%s\n' "${version:-0}" | sort -V | head -n 1)" != 1.20 ]; then
    echo "The cluster at $server is Kubernetes $version; Slipway needs 1.20 or later."
    return
  fi
  missing=$(missing_rights 2>&1 | paste -sd';' | sed 's/;/; /g')
  [ -z "$missing" ] || echo "The credentials in $file lack rights in the cluster at $server: $missing."
}

check_given_cluster() {
  step "Checking the cluster of $KUBECONFIG"
  local trouble
  trouble=$(cluster_trouble)
  [ -z "$trouble" ] || fail "$trouble"
}
