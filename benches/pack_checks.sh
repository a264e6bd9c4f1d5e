#!/usr/bin/env bash
# What pack-central's own checks do with each pack, without the network: `jq` for the syntax, one Python process for the schema,
# `yq` for the images, files that must be there, tabs and odd indentation.
#
#     benches/pack_checks.sh PACKS SCHEMA PYTHON
set -uo pipefail
packs=$1 schema=$2 python=$3 found=0
fault() { found=$((found + 1)); echo "$1: $2"; }
for folder in "$packs"/*/; do
    name=$(basename "$folder")
    json=$folder/pack.json values=$folder/values.yaml
    jq empty "$json" 2>/dev/null || { fault "$name" "pack.json is no JSON"; continue; }
    "$python" -m jsonschema -i "$json" "$schema" >/dev/null 2>&1 || fault "$name" "schema"
    case $(jq -r .version "$json") in v*) fault "$name" "leading v" ;; esac
    ls "$folder"/logo.* >/dev/null 2>&1 || fault "$name" "no logo"
    [ -f "$folder/README.md" ] || fault "$name" "no README"
    for file in $(jq -r '(.charts // [])[], (.kubeManifests // [])[]' "$json"); do
        [ -f "$folder/$file" ] || fault "$name" "no $file"
    done
    if [ -f "$values" ]; then
        [ -n "$(yq -r '.pack.content.images[]?.image' "$values" 2>/dev/null)" ] || fault "$name" "no images"
        if grep -qP '\t' "$values"; then fault "$name" "tabs"; fi
        if grep -qP '^(  )* [^ ]' "$values"; then fault "$name" "odd indentation"; fi
    fi
done
echo "$found faults"
