# shellcheck shell=bash
# The sample images: small C programs packed as docker archives by hand, so that no image has to be downloaded.

SAMPLES="pause sample-http-1 sample-http-2 sample-crash-1"

# archive ROOT REFERENCE CONFIG: writes $IMAGES/<name>.tar, the same bytes for the same content
archive() {
  local root=$1 reference=$2 config=$3 file
  file=${reference#localhost/}
  [ "$reference" != "$PAUSE_IMAGE" ] || file=pause
  layer "$root" "$root.layer"
  pack "$IMAGES/${file/:/-}.tar" "$reference" "$config" "$root.layer"
}

compile() { gcc -Os -static -s -Wall -Wextra "$@"; }

sample_http() {
  local version=$1 root=$2 tool
  mkdir -p "$root"/{bin,tmp,etc}
  chmod 1777 "$root/tmp"
  compile -DVERSION="\"$version\"" -o "$root/bin/sample-http" "$HERE/images/sample-http.c"
  printf 'root:x:0:0:root:/:/bin/sh\napp:x:1000:1000:app:/:/bin/sh\n' >"$root/etc/passwd"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  # A shell and the usual tools, so that a look inside a running container shows something.
  cp "$(command -v busybox)" "$root/bin/busybox"
  for tool in sh ls cat ps env id hostname wget nc nslookup ping sleep echo top vi grep head tail mkdir rm dd mount ip netstat tar; do
    ln -s busybox "$root/bin/$tool"
  done
  archive "$root" "localhost/sample-http:$version" \
    '{"Entrypoint":["/bin/sample-http"],"Env":["PATH=/bin"],"ExposedPorts":{"8080/tcp":{}},"WorkingDir":"/","StopSignal":"SIGTERM"}'
}

images_are_current() {
  local name source
  for name in $SAMPLES; do
    [ -s "$IMAGES/$name.tar" ] || return 1
    for source in "$HERE"/images/*.c; do [ "$IMAGES/$name.tar" -nt "$source" ] || return 1; done
  done
}

build_images() {
  mkdir -p "$IMAGES"
  if [ "${1:-}" != --force ] && images_are_current; then return 0; fi
  say "building the sample images"
  local work version
  rm -rf "$IMAGES"/.archive.* "$IMAGES"/.build.*
  work=$(mktemp -d "$IMAGES/.build.XXXXXX")
  mkdir "$work/pause" "$work/crash"
  compile -o "$work/pause/pause" "$HERE/images/pause.c"
  compile -o "$work/crash/sample-crash" "$HERE/images/sample-crash.c"
  archive "$work/pause" "$PAUSE_IMAGE" '{"Entrypoint":["/pause"],"Env":["PATH=/"]}'
  archive "$work/crash" localhost/sample-crash:1 '{"Entrypoint":["/sample-crash"],"Env":["PATH=/"]}'
  for version in 1 2; do sample_http "$version" "$work/http-$version"; done
  rm -rf "$work"
}

# load_image TAR...: into containerd under its own name, and into the registry as 127.0.0.1:5000/<name>
load_image() {
  local file reference name
  for file in "$@"; do
    [ -s "$file" ] || die "no such archive: $file"
    ctr -a "$CONTAINERD" -n k8s.io images import "$file" >/dev/null
    for reference in $(tar -xOf "$file" manifest.json | jq -r '.[].RepoTags[]'); do
      name=${reference#docker.io/}
      name=${name#library/}
      name=${name#localhost/}
      name=${name#127.0.0.1:"$REGISTRY_PORT"/}
      name=${name#localhost:"$REGISTRY_PORT"/}
      skopeo copy -q --insecure-policy --dest-tls-verify=false "docker-archive:$file:$reference" "docker://127.0.0.1:$REGISTRY_PORT/$name"
      say "image 127.0.0.1:$REGISTRY_PORT/$name"
    done
    printf '%s %s\n' "$(stat -c '%Y-%s' "$file")" "$file" >>"$STATE/images-loaded"
  done
}

load_samples() {
  local name file
  for name in $SAMPLES; do
    file=$IMAGES/$name.tar
    grep -qxF "$(stat -c '%Y-%s' "$file") $file" "$STATE/images-loaded" 2>/dev/null || load_image "$file"
  done
}
