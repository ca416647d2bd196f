# shellcheck shell=bash
# The .NET SDK and building with it. No build server outlives a build: Ctrl-C must leave nothing behind.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

# find_dotnet: sets $dotnet to one with an SDK of version 10
find_dotnet() {
  for dotnet in "$(command -v dotnet || true)" "$SLIPWAY_HOME/dotnet/dotnet"; do
    if [ -x "$dotnet" ] && [[ $'\n'$("$dotnet" --list-sdks 2>/dev/null) == *$'\n'10.* ]]; then
      if [ "$dotnet" = "$SLIPWAY_HOME/dotnet/dotnet" ]; then export DOTNET_ROOT=$SLIPWAY_HOME/dotnet PATH=$SLIPWAY_HOME/dotnet:$PATH; fi
      # Without ICU the SDK refuses to start unless told that it may do without.
      if [[ $(ldconfig -p 2>/dev/null) != *libicuuc* ]]; then export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1; fi
      return
    fi
  done
  dotnet=''
  return 1
}

ensure_dotnet() {
  if find_dotnet; then
    step ".NET SDK $("$dotnet" --version 2>/dev/null || echo 10)"
    return
  fi
  local log=$SLIPWAY_HOME/logs/dotnet-install.log
  if [[ $(apt-cache policy dotnet-sdk-10.0 2>/dev/null) == *Candidate:\ [0-9]* ]] && [ "$(id -u)" = 0 ]; then
    step "Installing the .NET 10 SDK from apt"
    attend "$log" dotnet_progress env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends dotnet-sdk-10.0
  else
    step "Installing the .NET 10 SDK by Microsoft's script into $SLIPWAY_HOME/dotnet"
    attend "$log" dotnet_progress install_dotnet
  fi
  find_dotnet || fail "$(no_dotnet "what was installed does not work, see $log")"
}
no_dotnet() { echo "The .NET 10 SDK could not be had: apt has no package dotnet-sdk-10.0, and $1. Install it by hand (https://dot.net), then run this again."; }
dotnet_progress() { tail -n 1 "$SLIPWAY_HOME/logs/dotnet-install.log"; }
install_dotnet() {
  curl -fsSL --retry 3 https://dot.net/v1/dotnet-install.sh -o "$SLIPWAY_HOME/dotnet-install.sh" ||
    { no_dotnet "https://dot.net/v1/dotnet-install.sh could not be fetched"; return 1; }
  bash "$SLIPWAY_HOME/dotnet-install.sh" --channel 10.0 --install-dir "$SLIPWAY_HOME/dotnet" --no-path || { no_dotnet "Microsoft's script failed"; return 1; }
  rm -f "$SLIPWAY_HOME/dotnet-install.sh"
}

# output_of PROJECT ASSEMBLY: where the Release build puts it
output_of() {
  if [ -n "${ArtifactsPath:-}" ]; then echo "$ArtifactsPath/bin/$1/release/$2.dll"; else echo "$ROOT/$1/bin/Release/net10.0/$2.dll"; fi
}
sources() {
  find "$ROOT" \( -name bin -o -name obj -o -name .git -o -name artifacts \) -prune -o -type f -printf '%P %s %T@\n' | LC_ALL=C sort
}

all_exist() { local file; for file in "$@"; do [ -s "$file" ] || return 1; done; }

# build TARGET TITLE OUTPUT...: dotnet build, unless nothing has changed since the last and the outputs are there
build() {
  local target=$1 title=$2 built fingerprint
  shift 2
  built=$SLIPWAY_HOME/builds/$(sha256sum <<<"$ROOT ${ArtifactsPath:-} $target" | cut -c1-16)
  fingerprint=$({ sources; "$dotnet" --version; } | sha256sum)
  if [ "$(cat "$built" 2>/dev/null)" = "$fingerprint" ] && all_exist "$@"; then
    step "$title: nothing has changed"
    return
  fi
  step "$title"
  attend "$SLIPWAY_HOME/logs/build.log" build_progress "$dotnet" build -c Release "$ROOT/$target" -clp:NoSummary -v minimal --disable-build-servers
  mkdir -p "${built%/*}"
  echo "$fingerprint" >"$built"
}
build_progress() { echo "starting"; sed -nE 's/^ *([A-Za-z.]+) -> .*/\1 is built/p; s/^ *(Restored .*)/\1/p' "$SLIPWAY_HOME/logs/build.log"; }
