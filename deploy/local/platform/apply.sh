# shellcheck shell=bash disable=SC2154 # set in install.sh
# Applying what the AppHost publishes, removing what a newer version no longer has, and waiting until the pods serve.

# Every object carries this label with the namespace of the installation, so that what is no longer wanted is found again.
INSTALLATION=slipway.dev/installation
# Never pruned: the data, the secrets and the namespace with both.
PRUNED=deployments.apps,statefulsets.apps,services,configmaps,secrets,serviceaccounts,ingresses.networking.k8s.io,networkpolicies.networking.k8s.io,poddisruptionbudgets.policy,roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io
PRUNED_IN_CLUSTER=clusterroles.rbac.authorization.k8s.io,clusterrolebindings.rbac.authorization.k8s.io

# Server-side apply of Kubernetes 1.20 wants the protocol of every port: https://github.com/kubernetes/kubernetes/issues/92332
# shellcheck disable=SC2016 # jq's variables
MARKED='{apiVersion: "v1", kind: "List", items: [.[] | if .kind == "List" then .items[] else . end
  | .metadata.labels[$mark] = $namespace | del(.metadata.creationTimestamp)
  | if .kind == "Service" then .spec.ports |= map({protocol: "TCP"} + .)
    elif .spec.template?.spec?.containers? then .spec.template.spec.containers |= map(if .ports then .ports |= map({protocol: "TCP"} + .) else . end)
    else . end]}'

apply_manifests() {
  local objects=$rendered/objects.json
  kubectl kustomize "$rendered/manifests" >"$rendered/all.yaml" 2>"$rendered/kustomize.log" || { cat "$rendered/kustomize.log" >&2; fail "The manifests cannot be put together."; }
  kubectl create --dry-run=client --validate=false -f "$rendered/all.yaml" -o json 2>"$rendered/create.log" |
    jq -s --arg mark $INSTALLATION --arg namespace "$namespace" "$MARKED" >"$objects"
  [ "$(jq '.items | length' "$objects")" -gt 0 ] || { cat "$rendered/create.log" >&2; fail "The cluster cannot read the manifests."; }
  kubectl apply --server-side --force-conflicts --field-manager=slipway-install -f "$objects" >"$rendered/apply.log" 2>&1 ||
    { grep -v ' serverside-applied$' "$rendered/apply.log" >&2; fail "The cluster does not take the manifests."; }
  note "$(grep -c ' serverside-applied$' "$rendered/apply.log") objects applied"
  prune
}

# prune: deletes the objects of this installation that the manifests no longer have
prune() {
  local wanted stale
  wanted=$(jq -r '.items[] | "\(.kind)/\(.metadata.name)"' "$rendered/objects.json" | sort -u)
  stale=$({
    kubectl -n "$namespace" get $PRUNED -l "$INSTALLATION=$namespace" -o json
    kubectl get $PRUNED_IN_CLUSTER -l "$INSTALLATION=$namespace" -o json
  } | jq -r '.items[] | "\(.kind)/\(.metadata.name)"' | sort -u | comm -23 - <(echo "$wanted"))
  [ -z "$stale" ] || while read -r object; do
    kubectl -n "$namespace" delete "$object" --ignore-not-found >/dev/null
    note "removed $object, which this version no longer has"
  done <<<"$stale"
}

# shellcheck disable=SC2016 # jq's variables
WORKLOADS='[.items[] | select(.kind == "Deployment" or .kind == "StatefulSet") | . as $it
  | {name: .metadata.name, kind, wanted: (.spec.replicas // 1), seen: ((.status.observedGeneration // 0) >= .metadata.generation),
     updated: (.status.updatedReplicas // 0), ready: (.status.readyReplicas // 0), all: (.status.replicas // 0),
     current: (.kind != "StatefulSet" or .status.currentRevision == .status.updateRevision or (.status.updatedReplicas // 0) >= (.spec.replicas // 1))}
  | . + {done: (.seen and .updated >= .wanted and .ready >= .wanted and .all == .wanted)}]'
# One line for each pod of the newest revision that is not ready: NAME, whether it cannot go on by itself, and why. What an earlier
# installation left crashing is no reason to give up; a pod of a StatefulSet is in the way then, because it is replaced only when ready.
# shellcheck disable=SC2016
WAITING_PODS='([.items[] | select(.kind == "ReplicaSet")] | group_by(.metadata.ownerReferences[0].uid)
    | map(max_by(.metadata.annotations["deployment.kubernetes.io/revision"] | tonumber).metadata.name)) as $newest
  | ([.items[] | select(.kind == "StatefulSet") | {(.metadata.name): .status.updateRevision}] | add // {}) as $revisions
  | .items[] | select(.kind == "Pod" and .metadata.deletionTimestamp == null)
  | .metadata.ownerReferences[0] as $owner
  | (if $owner.kind == "StatefulSet" then .metadata.labels["controller-revision-hash"] == $revisions[$owner.name] else any($newest[]; . == $owner.name) end) as $new
  | select($new or $owner.kind == "StatefulSet") | select(any(.status.conditions[]?; .type == "Ready" and .status == "True") | not)
  | .metadata.name as $name
  | ([.status.initContainerStatuses[]?, .status.containerStatuses[]?] | map(select(.ready | not))) as $containers
  | (if $new | not then "outdated"
     elif any($containers[]; (.state.waiting.reason // "") | test("^(InvalidImageName|CreateContainerConfigError|CreateContainerError|ErrImageNeverPull)$")) then "hopeless"
     elif any($containers[]; .restartCount >= 3 and .state.running == null) then "hopeless"
     elif any($containers[]; .state.waiting.reason == "ImagePullBackOff") then "pulling" else "waits" end) as $state
  | ([$containers[] | if .state.waiting.reason then "\(.name): \(.state.waiting.reason)\(if .state.waiting.message then " (\(.state.waiting.message))" else "" end)"
       elif .state.terminated then "\(.name) ended with exit code \(.state.terminated.exitCode)"
       else "\(.name) is starting" end] | first)
    // ([.status.conditions[]? | select(.type == "PodScheduled" and .status == "False").message] | first) // "is being placed on a node"
  | [$name, $state, gsub("[\n\t]+"; " ")[0:200]] | @tsv'

wait_until_it_serves() {
  local until=$((SECONDS + timeout)) next=$((SECONDS + 5)) left pods pulling=0
  while :; do
    left=$(kubectl -n "$namespace" get deployments,statefulsets -l "$INSTALLATION=$namespace" -o json | jq -r "$WORKLOADS"' | .[] | select(.done | not) | "\(.name): \([.ready, .updated] | min) of \(.wanted) ready"') || left='the cluster does not answer'
    [ -n "$left" ] || break
    pods=$(kubectl -n "$namespace" get pods,replicasets,statefulsets -o json | jq -r "$WAITING_PODS") || pods=''
    grep $'\toutdated\t' <<<"$pods" | cut -f1 | while read -r pod; do kubectl -n "$namespace" delete pod "$pod" --wait=false >/dev/null; done
    if grep -q $'\thopeless\t' <<<"$pods"; then give_up "$(grep $'\thopeless\t' <<<"$pods" | head -n 1)"; fi
    if grep -q $'\tpulling\t' <<<"$pods"; then pulling=$((pulling + 1)); else pulling=0; fi
    [ $pulling -lt 30 ] || give_up "$(grep $'\tpulling\t' <<<"$pods" | head -n 1)"
    [ $SECONDS -lt $until ] || give_up "$(head -n 1 <<<"$pods")" "It does not serve after $timeout s: $(paste -sd';' <<<"$left" | sed 's/;/; /g')."
    if [ $SECONDS -ge $next ]; then
      next=$((SECONDS + 10))
      note "$(paste -sd';' <<<"$left" | sed 's/;/; /g')"
      [ -z "$pods" ] || cut -f1,3 <<<"$pods" | sed 's/\t/ /' | while read -r line; do note "  $line"; done
    fi
    sleep 1 &
    wait $!
  done
  note "all pods are ready"
}

# last_lines POD: of its current run, or of the one before where that has said nothing yet
last_lines() {
  local lines which
  for which in false true; do
    lines=$(kubectl -n "$namespace" logs "$1" --all-containers --previous=$which --tail 15 2>/dev/null | grep -v '^unable to retrieve container logs') || true
    [ -z "$lines" ] || break
  done
  cut -c1-300 <<<"$lines"
}

# give_up "POD<tab>STATE<tab>WHY" [SENTENCE]: ends the wait with the last lines of the pod's log
give_up() {
  local pod why
  pod=$(cut -f1 <<<"$1")
  why=$(cut -f3 <<<"$1")
  echo >&2
  if [ -n "$pod" ]; then
    last_lines "$pod" | sed 's/^/  | /' >&2
    why="Pod $pod does not start: $why"
  fi
  fail "${2:-}${2:+ }$why
What was applied stays; run ./platform install again when the cause is gone."
}

# ./platform uninstall
UNINSTALL_USAGE='./platform uninstall [--kubeconfig FILE] [--namespace NAME] [--with-data] --yes

Removes Slipway from the cluster. Apps go on running: their namespaces are not touched.
--with-data also removes the database, the secrets and the namespace; without it a new installation takes all of it up again.'

uninstall_slipway() {
  local with_data='' yes='' answer
  namespace=slipway
  while [ $# -gt 0 ]; do
    case $1 in
      --namespace) [ $# -gt 1 ] || fail "--namespace needs a name."; namespace=$2; shift ;;
      --with-data) with_data=yes ;;
      --yes | -y) yes=yes ;;
      --help | -h) echo "$UNINSTALL_USAGE"; exit 0 ;;
      *) fail "./platform uninstall does not know $1.

$UNINSTALL_USAGE" ;;
    esac
    shift
  done
  [ -n "${KUBECONFIG:-}" ] || [ ! -r "$HOME/.kube/config" ] || export KUBECONFIG=$HOME/.kube/config
  [ -n "${KUBECONFIG:-}" ] || fail "Say which cluster: --kubeconfig FILE, or set KUBECONFIG."
  command kubectl get namespace "$namespace" >/dev/null 2>&1 || fail "There is no namespace $namespace in the cluster of $KUBECONFIG, or it does not answer: nothing is removed."
  kubectl -n "$namespace" get secret $SECRET >/dev/null 2>&1 || fail "Namespace $namespace has no installation by ./platform install: nothing is removed."
  if [ -z "$yes" ]; then
    [ -t 0 ] || fail "This removes Slipway from the cluster. Say --yes to do it."
    read -r -p "Remove Slipway${with_data:+ and ALL OF ITS DATA} from namespace $namespace of $KUBECONFIG? (yes/no) " answer
    [ "$answer" = yes ] || fail "Nothing is removed."
  fi
  plan 1
  step "Removing Slipway"
  kubectl -n "$namespace" delete "$PRUNED" -l "$INSTALLATION=$namespace" --ignore-not-found >/dev/null
  kubectl delete "$PRUNED_IN_CLUSTER" -l "$INSTALLATION=$namespace" --ignore-not-found >/dev/null
  if [ -n "$with_data" ]; then
    kubectl delete namespace "$namespace" >/dev/null
    kubectl delete persistentvolumes -l "$INSTALLATION=$namespace" --ignore-not-found >/dev/null
    note "Removed with its database, its secrets and namespace $namespace. Folders of --data-dir are left on the node."
  else
    note "Kept in namespace $namespace: the volumes with the database, and the secrets. ./platform install takes them up again."
  fi
  note "Apps go on running; nobody looks after them any more. Their namespaces have the label app.kubernetes.io/managed-by=slipway."
}
