#!/usr/bin/env bash
# Builds the images of Slipway as docker archives: api, web, postgres, prometheus, alertmanager.
#
#   build.sh --output DIR [--tag TAG] [--base auto|debian|IMAGE] [--dotnet FILE] [NAME...]
#
# Prints one line "NAME TAG FILE" for each. The tag names the content, unless --tag says another, so that a changed image is a new
# tag and an unchanged one is not built again. --base is the image that the API and the portal are put on: "debian" makes one from
# Debian's packages and the .NET runtime of this machine, an image name is pulled, "auto" (the default) pulls Microsoft's where its
# registry answers and else takes Debian's. The other images always come from Debian's packages; no container engine is needed.
set -eu
umask 022
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
ROOT=$(cd "$HERE/../.." && pwd -P)
# shellcheck source=deploy/images/archive.sh
. "$HERE/archive.sh"
die() { echo "build.sh: $*" >&2; exit 1; }

MICROSOFT=mcr.microsoft.com/dotnet/aspnet:10.0
output='' tag='' base=auto dotnet=dotnet names=()
while [ $# -gt 0 ]; do
  case $1 in
    --output | --tag | --base | --dotnet) [ $# -gt 1 ] || die "$1 needs a value"; declare "${1#--}=$2"; shift ;;
    api | web | postgres | prometheus | alertmanager) names+=("$1") ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
  esac
  shift
done
[ -n "$output" ] || die "--output says where the archives go"
[ ${#names[@]} -gt 0 ] || names=(api web postgres prometheus alertmanager)
mkdir -p "$output"
output=$(cd "$output" && pwd -P)
exec 9>"$output/lock"
flock 9
rm -rf "$output"/.work.* "$output"/.archive.* "$output"/*.new
work=$(mktemp -d "$output/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT

say() { echo "$*" >&2; }
digest() { sha256sum | cut -c1-12; }
packages_of() { awk -v name="$1" '!/^#/ && NF && ($2 == "all" || $2 == name) {print $1}' "$HERE/packages.txt"; }

# uris NAME: file name and checksum of each package of an image, as the package lists have them now
uris() {
  local list
  # shellcheck disable=SC2046 # a list
  list=$(apt-get download --print-uris $(packages_of "$1") 2>/dev/null) ||
    die "not all packages of $HERE/packages.txt for $1 are in apt's lists: run apt-get update, on Debian 12"
  echo "$list"
}

# debian_root NAME FOLDER: unpacks the packages of an image; nothing of them is run
debian_root() {
  local folder=$2 debs=$work/debs-$1 deb link
  mkdir -p "$folder"/usr/{bin,sbin,lib,lib64} "$folder"/{etc,run,tmp,proc,sys,dev} "$folder/var" "$debs"
  chmod 1777 "$folder/tmp"
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$folder/$link"; done
  ln -s /run "$folder/var/run"
  # shellcheck disable=SC2046
  (cd "$debs" && apt-get download -q $(packages_of "$1") >"$work/apt.log" 2>&1) || { cat "$work/apt.log" >&2; die "the packages of $1 could not be downloaded"; }
  for deb in "$debs"/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner -C "$folder" -f -; done
  rm -rf "$folder"/usr/share/{doc,man,info,lintian,locale,bug,initramfs-tools} "$folder"/etc/{init.d,cron.d,default,logrotate.d} "$folder/usr/lib/systemd"
  mkdir -p "$folder/etc/ssl/certs"
  cat "$folder"/usr/share/ca-certificates/mozilla/*.crt >"$folder/etc/ssl/certs/ca-certificates.crt"
  mkdir -p "$folder/usr/lib/ssl"
  ln -s /etc/ssl/certs "$folder/usr/lib/ssl/certs"
  ln -s /etc/ssl/certs/ca-certificates.crt "$folder/usr/lib/ssl/cert.pem"
  printf '%s\n' root:x:0:0:root:/:/usr/sbin/nologin postgres:x:999:999:postgres:/var/lib/postgresql:/usr/sbin/nologin \
    app:x:1654:1654:app:/app:/usr/sbin/nologin nobody:x:65534:65534:nobody:/:/usr/sbin/nologin >"$folder/etc/passwd"
  printf '%s\n' root:x:0: postgres:x:999: app:x:1654: nogroup:x:65534: >"$folder/etc/group"
  echo 'hosts: files dns' >"$folder/etc/nsswitch.conf"
  ldconfig -r "$folder"
  rm -rf "$folder/var/cache/ldconfig"
}

# base_layer NAME: sets $layer_file to the layer of Debian's packages, and with "dotnet" of the .NET runtime
base_layer() {
  local name=$1 key runtime folder
  key=$({ uris "$name"; cat "$HERE/build.sh" "$HERE/archive.sh" "$HERE/postgres-entrypoint.sh"; [ "$name" != dotnet ] || "$dotnet" --list-runtimes; } | digest)
  layer_file=$output/base-$name-$key.layer
  [ ! -s "$layer_file" ] || return 0
  say "unpacking Debian packages for $name"
  rm -f "$output/base-$name"-*.layer
  folder=$work/root-$name
  debian_root "$name" "$folder"
  case $name in
    dotnet)
      runtime=$("$dotnet" --list-runtimes | sed -nE 's/^Microsoft\.AspNetCore\.App (10\.[0-9.]+) \[(.*)\/shared\/.*/\2 \1/p' | tail -n 1)
      [ -n "$runtime" ] || die "$dotnet has no ASP.NET Core runtime of version 10"
      local place=${runtime% *} version=${runtime##* }
      mkdir -p "$folder/usr/share/dotnet/shared"/Microsoft.{NETCore,AspNetCore}.App
      cp -r "$place/host" "$place/dotnet" "$folder/usr/share/dotnet/"
      cp -r "$place/shared/Microsoft.NETCore.App/$version" "$folder/usr/share/dotnet/shared/Microsoft.NETCore.App/"
      cp -r "$place/shared/Microsoft.AspNetCore.App/$version" "$folder/usr/share/dotnet/shared/Microsoft.AspNetCore.App/"
      ln -s ../share/dotnet/dotnet "$folder/usr/bin/dotnet"
      mkdir -p "$folder/app"
      ;;
    postgres)
      rm -rf "$folder"/usr/lib/postgresql/15/lib/{bitcode,llvmjit*} "$folder/var/lib/postgresql"
      install -m 755 "$HERE/postgres-entrypoint.sh" "$folder/usr/bin/docker-entrypoint.sh"
      mkdir -p "$folder/var/lib/postgresql/data" "$folder/run/postgresql"
      chown 999:999 "$folder/var/lib/postgresql/data" "$folder/run/postgresql" 2>/dev/null || true
      ;;
    prometheus) rm -rf "$folder"/{etc,usr/share}/prometheus "$folder/var/lib"; mkdir -p "$folder/etc/prometheus" "$folder/prometheus" ;;
    alertmanager)
      ln -s prometheus-alertmanager "$folder/usr/bin/alertmanager"
      rm -rf "$folder"/{etc,usr/share}/prometheus "$folder/var/lib"
      mkdir -p "$folder/etc/alertmanager" "$folder/alertmanager"
      ;;
  esac
  layer "$folder" "$layer_file"
  rm -rf "$folder"
}

base_of_apps() {
  case $base in
    auto) if curl -sf -o /dev/null --max-time 5 https://mcr.microsoft.com/v2/; then base=$MICROSOFT; else base=debian; fi ;;
  esac
}
sources_of() {
  (cd "$ROOT" && find "$1" Contracts ServiceDefaults Directory.Build.props Directory.Packages.props global.json \
    \( -name bin -o -name obj \) -prune -o -type f -print | sort | xargs -d '\n' sha256sum)
}

# app NAME PROJECT: the API or the portal
app() {
  local name=$1 project=$2 key
  base_of_apps
  if [ "$base" = debian ]; then base_layer dotnet; fi
  key=$({ sources_of "$project"; "$dotnet" --version; echo "$base ${layer_file:-}"; cat "$HERE/build.sh"; } | digest)
  archive_file $name "$key" || return 0
  if [ "$base" != debian ]; then
    say "publishing $project on $base"
    publish "$project" -t:PublishContainer -p:ContainerBaseImage="$base" -p:ContainerRepository="slipway/$name" -p:ContainerImageTag="$key" \
      -p:ContainerArchiveOutputPath="$file.new" -p:PublishDir="$work/$name/"
    mv "$file.new" "$file"
    return
  fi
  say "publishing $project"
  publish "$project" -p:PublishDir="$work/$name/app/" -p:UseAppHost=false
  layer "$work/$name" "$work/$name.layer"
  pack "$file" "localhost/slipway/$name:$key" "$(jq -cn --arg dll "/app/Slipway.$project.dll" \
    '{User: "1654:1654", WorkingDir: "/app", Entrypoint: ["dotnet", $dll], ExposedPorts: {"8080/tcp": {}},
      Env: ["PATH=/usr/bin", "DOTNET_RUNNING_IN_CONTAINER=true", "ASPNETCORE_HTTP_PORTS=8080", "APP_UID=1654", "DOTNET_EnableDiagnostics=0"]}')" \
    "$layer_file" "$work/$name.layer"
}
publish() {
  local project=$1
  shift
  "$dotnet" publish "$ROOT/$project/$project.csproj" -c Release --artifacts-path "$output/obj" --disable-build-servers -p:PathMap="$ROOT/=/src/" \
    -v quiet -nologo -clp:NoSummary "$@" >"$output/publish.log" 2>&1 ||
    { cat "$output/publish.log" >&2; die "$project could not be published"; }
}

# archive_file NAME KEY: sets $file and prints it; fails when it is there already
archive_file() {
  file=$output/$1-$2.tar
  lines+="$1 ${tag:-$2} $file"$'\n'
  [ ! -s "$file" ] || return 1
  rm -f "$output/$1"-*.tar
}

# from_debian NAME CONFIG
from_debian() {
  base_layer "$1"
  local key=${layer_file%.layer}
  archive_file "$1" "${key##*-}" || return 0
  pack "$file" "localhost/slipway/$1:${key##*-}" "$2" "$layer_file"
}

lines=''
for name in "${names[@]}"; do
  case $name in
    api) app api Api ;;
    web) app web Web ;;
    postgres) from_debian postgres '{"User":"999:999","Entrypoint":["docker-entrypoint.sh"],"Cmd":["postgres"],"StopSignal":"SIGINT",
      "ExposedPorts":{"5432/tcp":{}},"Env":["PATH=/usr/lib/postgresql/15/bin:/usr/bin","LANG=C.UTF-8","PGDATA=/var/lib/postgresql/data"]}' ;;
    prometheus) from_debian prometheus '{"User":"65534:65534","Entrypoint":["/bin/prometheus"],"WorkingDir":"/prometheus","ExposedPorts":{"9090/tcp":{}},
      "Cmd":["--config.file=/etc/prometheus/prometheus.yml","--storage.tsdb.path=/prometheus"],"Env":["PATH=/usr/bin"]}' ;;
    alertmanager) from_debian alertmanager '{"User":"65534:65534","Entrypoint":["/bin/alertmanager"],"WorkingDir":"/alertmanager","ExposedPorts":{"9093/tcp":{}},
      "Cmd":["--config.file=/etc/alertmanager/alertmanager.yml","--storage.path=/alertmanager"],"Env":["PATH=/usr/bin"]}' ;;
  esac
done
printf %s "$lines"
