# shellcheck shell=bash
# Writes docker archives from folders, the same bytes for the same content, without a container engine.

# layer FOLDER FILE: the content of FOLDER as one layer
layer() {
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$1" -cf "$2.new" .
  mv "$2.new" "$2"
}

# pack FILE REFERENCE CONFIG LAYER...: one image of these layers, the lowest first
pack() {
  local file=$1 reference=$2 config=$3 work tar id digests=() paths=()
  shift 3
  work=$(mktemp -d "$(dirname "$file")/.archive.XXXXXX")
  for tar in "$@"; do
    id=$(sha256sum "$tar" | cut -d' ' -f1)
    digests+=("sha256:$id")
    paths+=("$id/layer.tar")
    mkdir "$work/$id"
    ln "$tar" "$work/$id/layer.tar" 2>/dev/null || cp "$tar" "$work/$id/layer.tar"
  done
  jq -cn --arg arch "$(dpkg --print-architecture)" --argjson config "$config" \
    '{architecture: $arch, os: "linux", created: "1970-01-01T00:00:00Z", config: $config,
      rootfs: {type: "layers", diff_ids: $ARGS.positional},
      history: [$ARGS.positional[] | {created: "1970-01-01T00:00:00Z", created_by: "slipway"}]}' --args "${digests[@]}" >"$work/config"
  id=$(sha256sum "$work/config" | cut -d' ' -f1)
  mv "$work/config" "$work/$id.json"
  jq -cn --arg config "$id.json" --arg tag "$reference" '[{Config: $config, RepoTags: [$tag], Layers: $ARGS.positional}]' \
    --args "${paths[@]}" >"$work/manifest.json"
  tar --sort=name --mtime=@0 --owner=0 --group=0 -C "$work" --hard-dereference -cf "$file.new" manifest.json "$id.json" "${paths[@]%/*}"
  mv "$file.new" "$file"
  rm -rf "$work"
}
