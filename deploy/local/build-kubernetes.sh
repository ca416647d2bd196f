#!/usr/bin/env bash
# Builds Kubernetes 1.20.2 from Debian's own source package, once; about six minutes on two cores.
#
#   build-kubernetes.sh [--print-progress]   what the build is doing now, for somebody who waits
#   build-kubernetes.sh [--is-built]         whether there is nothing to do
#
# The result appears in $SLIPWAY_HOME/cluster/bin all at once. Interrupted, it goes on where it was. Five changes:
#  - Kubernetes 1.20 vendors reflect2 1.0.1, which calls a function of the Go runtime by its old signature and corrupts
#    memory when built by Go 1.18 or later. Debian's reflect2 1.0.2 takes its place.
#  - Its kubelet lets a deleted pod go only when the sandbox is collected, and collects once a minute: here every 5 s.
#  - Its cAdvisor takes the process id 0 for an answer where containerd has yet to find out, and never counts that pod's network then:
#    here it asks again, as later versions do.
#  - Its kube-proxy keeps the port of a Service by listening on it, and never answers who gets that far: here the port is bound and refused.
#    It also refuses a Service without endpoints only after connection tracking has written down that nothing is to be translated; who
#    used the same local port again within two minutes never got to the pods. Here what comes from the machine itself is refused before.
#  - Debian's source has no generated OpenAPI definitions; they are generated.
set -eu
umask 022
export LC_ALL=C

VERSION=1.20.2
COMMIT=faecb196815e248d3ecfb03c680a4507229c2a56
REVISION=3 # of these changes: programs that were built with fewer are built again
PROGRAMS="kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy"

cluster=${SLIPWAY_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/cluster
work=$cluster/build
bin=$cluster/bin
progress=$work/progress

if [ "${1:-}" = --print-progress ]; then
  [ -s "$progress" ] || { echo "starting"; exit; }
  read -r total phase <"$progress"
  touch "$work/compiled"
  done=$(wc -l <"$work/compiled")
  if [ "$total" -gt 0 ]; then
    echo "$phase: $((done < total ? done * 100 / total : 100)) % ($(tail -n 1 "$work/compiled" | sed 's,^k8s.io/kubernetes/,,; s,^vendor/,,'))"
  else
    echo "$phase"
  fi
  exit
fi

is_built() {
  local program
  for program in $PROGRAMS; do [ -x "$bin/$program" ] || return 1; done
  [ "$(cat "$bin/revision" 2>/dev/null)" = "$REVISION" ]
}
if [ "${1:-}" = --is-built ]; then is_built; exit; fi

mkdir -p "$work"
exec 9>"$work/lock"
flock 9 # two at once would only slow each other down
if is_built; then exit; fi

export GOPATH=$work/gopath GOCACHE=$work/gocache GO111MODULE=off GOFLAGS='' CGO_ENABLED=0 PATH=/usr/lib/go-1.19/bin:$PATH
source=$GOPATH/src/k8s.io/kubernetes
phase() { echo "$1 $2" >"$progress"; }

fetch_and_unpack() {
  [ "$(cat "$work/unpacked" 2>/dev/null)" != "$REVISION" ] || return 0
  phase 0 "fetching the source package"
  rm -rf "$work"/{src,apt,reflect2,gopath}
  mkdir -p "$work"/{src,reflect2,apt/parts,apt/lists/partial} "$source"
  source_lists
  local apt=(-q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/apt/parts/" -o Dir::State::lists="$work/apt/lists"
    -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" update
  (cd "$work/src" && apt-get "${apt[@]}" source --download-only kubernetes)
  [ -n "$(ls "$work"/src/kubernetes_*"$VERSION".orig.tar.gz 2>/dev/null)" ] || { echo "this Debian has another Kubernetes than $VERSION: $(ls "$work/src")" >&2; exit 1; }
  (cd "$work/reflect2" && apt-get -q -o APT::Sandbox::User=root download golang-github-modern-go-reflect2-dev && dpkg-deb -x ./*.deb .)

  phase 0 "unpacking"
  tar xzf "$work"/src/kubernetes_*.orig.tar.gz -C "$source" --strip-components=1
  tar xJf "$work"/src/kubernetes_*.debian.tar.xz -C "$source"
  cd "$source"
  local name
  grep -v '^#' debian/patches/series | while read -r name; do [ -z "$name" ] || patch -p1 -s <"debian/patches/$name"; done
  rm -f vendor/github.com/modern-go/reflect2/*.go vendor/github.com/modern-go/reflect2/*.s
  cp "$work"/reflect2/usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} vendor/github.com/modern-go/reflect2/
  sed -i 's/ContainerGCPeriod = time.Minute/ContainerGCPeriod = 5 * time.Second/' pkg/kubelet/kubelet.go
  grep -q 'ContainerGCPeriod = 5 \* time.Second' pkg/kubelet/kubelet.go
  local cadvisor=vendor/github.com/google/cadvisor/container/containerd/client.go
  sed -i 's/^\treturn response.Process.Pid, nil$/\tif response.Process.Pid == 0 {\n\t\treturn 0, errdefs.ErrNotFound\n\t}\n&/' "$cadvisor"
  grep -q 'return 0, errdefs.ErrNotFound' "$cadvisor"
  local proxier=pkg/proxy/iptables/proxier.go
  sed -i -e 's/^\t"strings"$/&\n\t"syscall"/' \
    -e 's/^\t\tsocket = listener$/\t\tif port, err := listener.(*net.TCPListener).SyscallConn(); err == nil {\n\t\t\tport.Control(func(fd uintptr) { syscall.Shutdown(int(fd), syscall.SHUT_RD) })\n\t\t}\n&/' \
    -e 's/^\(\t{utiliptables.TableFilter, kubeExternalServicesChain, utiliptables.Chain\)Input\(.*\)$/&\n\1Output\2/' $proxier
  grep -q 'SHUT_RD' $proxier
  grep -q 'kubeExternalServicesChain, utiliptables.ChainOutput' $proxier
  echo "$REVISION" >"$work/unpacked"
}

# The machine's own Debian mirrors, read as sources of source packages in a private apt state. Debian 12 keeps them in
# either of two formats.
source_lists() {
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    if grep -qsi 'uris:.*debian' "$file"; then sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/apt/parts/${file##*/}"; fi
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    if grep -qsi '^deb.*debian' "$file"; then
      sed -nE '/debian/s/^deb(-src)?[[:space:]]/deb-src /p' "$file" | sort -u >"$work/apt/parts/${file##*/}.list"
    fi
  done
}

generate_openapi() {
  cd "$source"
  [ ! -s pkg/generated/openapi/zz_generated.openapi.go ] || return 0
  phase 0 "generating the OpenAPI definitions"
  local packages
  packages=$(
    {
      cd "$source/staging/src"
      # shellcheck disable=SC2038 # no spaces in Go paths
      find k8s.io -name '*.go' ! -name '*_test.go' ! -path 'k8s.io/code-generator/*' ! -path 'k8s.io/sample-*' -exec grep -l '+k8s:openapi-gen=' {} + |
        xargs -n1 dirname | sort -u | sed 's,^,k8s.io/kubernetes/vendor/,'
      cd "$source"
      # shellcheck disable=SC2038
      find pkg cmd plugin -name '*.go' ! -name '*_test.go' -exec grep -l '+k8s:openapi-gen=' {} + |
        xargs -n1 dirname | sort -u | sed 's,^,k8s.io/kubernetes/,'
    } | paste -sd,
  )
  go build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  "$work/openapi-gen" --logtostderr -i "$packages" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi.new \
    -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r "$work/violations" --output-base "$GOPATH/src"
  mv pkg/generated/openapi/zz_generated.openapi.new.go pkg/generated/openapi/zz_generated.openapi.go
}

compile() {
  cd "$source"
  phase 0 "counting what is to be compiled"
  local flags="-s -w" package programs=() program
  # Without these the node and the API server call themselves v0.0.0-master.
  for package in k8s.io/kubernetes/vendor/k8s.io/component-base/version k8s.io/kubernetes/vendor/k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=v$VERSION -X $package.gitMajor=1 -X $package.gitMinor=20 -X $package.gitCommit=$COMMIT"
    flags+=" -X $package.gitTreeState=clean -X $package.buildDate=2021-01-13T13:20:00Z"
  done
  for program in $PROGRAMS; do programs+=("./cmd/$program"); done
  : >"$work/compiled"
  phase "$(go list -trimpath -deps -f '{{if .Stale}}{{.ImportPath}}{{end}}' "${programs[@]}" 2>/dev/null | grep -c .)" "compiling"
  rm -rf "$bin.new"
  mkdir -p "$bin.new"
  # -v names each package on stderr when it is compiled
  go build -v -trimpath -ldflags "$flags" -o "$bin.new/" "${programs[@]}" 2> >(tee -a "$work/compiled" >&2)
  echo "$REVISION" >"$bin.new/revision"
  rm -rf "$bin"
  mv "$bin.new" "$bin"
}

fetch_and_unpack
generate_openapi
compile
ls -l "$bin"
rm -rf "$work"/{src,apt,reflect2,gopath,gocache,unpacked,openapi-gen,violations,compiled,progress} # two gigabytes
