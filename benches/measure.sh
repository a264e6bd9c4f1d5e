#!/usr/bin/env bash
# Wall time and peak memory of the commands that people wait for: on the sample and on a generated repository.
#
#     benches/measure.sh [PROFILES [LAYERS]]      default: 1000 10
#
# The binary is $EDGEWRIGHT, else target/release/edgewright, which is built. Each row is the best of three runs, with warm file
# caches; `build` and `site build` write to a fresh folder each time.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
profiles=${1:-1000} layers=${2:-10}
if [ -z "${EDGEWRIGHT:-}" ]; then
    (cd "$repository" && cargo build --release --locked --quiet)
    EDGEWRIGHT=${CARGO_TARGET_DIR:-$repository/target}/release/edgewright
fi
[ -x /usr/bin/time ] || { echo "GNU time is needed: apt-get install time" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache EDGEWRIGHT_CACHE=$work/cache/edgewright

committed() {
    git -C "$1" init -q -b main
    git -C "$1" add -A
    git -C "$1" -c user.name=bench -c user.email=bench@example.org commit -qm "Bench"
}

# row DIR COMMAND…: the best of three.
row() {
    local folder=$1 best= memory= seconds kilobytes status
    shift
    for _ in 1 2 3; do
        rm -rf "$work/out"
        status=0
        /usr/bin/time -q -f '%e %M' -o "$work/time" "$EDGEWRIGHT" -C "$folder" -q "$@" >"$work/stdout" 2>"$work/stderr" || status=$?
        if [ "$status" != 0 ]; then
            printf '| `%s` | exit %s | |\n' "${*//$work\//}" "$status"
            head -5 "$work/stderr" >&2
            return
        fi
        read -r seconds kilobytes <"$work/time"
        if [ -z "$best" ] || awk "BEGIN { exit !($seconds < $best) }"; then best=$seconds memory=$kilobytes; fi
    done
    printf '| `%s` | %s s | %s MiB |\n' "${*//$work\//}" "$best" "$((memory / 1024))"
}

table() {
    printf '\n%s\n\n| Command | Wall | Peak memory |\n|---|---|---|\n' "$2"
    row "$1" lock
    git -C "$1" add -A
    git -C "$1" -c user.name=bench -c user.email=bench@example.org commit -qm "Locks" >/dev/null || true
    row "$1" lock --check
    row "$1" check
    row "$1" site build --output "$work/out"
    row "$1" build --output "$work/out"
    printf '\n%s files, %s MiB in the tree of `build`\n' "$(find "$work/out" -type f | wc -l)" "$(du -sm "$work/out" | cut -f1)"
}

echo "$("$EDGEWRIGHT" --version), $(nproc) cores, $(uname -sm)"
mkdir "$work/sample"
cp -r "$repository"/{edgewright.yaml,profiles,packs,appliances} "$work/sample"
committed "$work/sample"
table "$work/sample" "The sample: 7 profile versions, 12 packs"

python3 "$repository/benches/generate.py" "$work/large" --profiles "$profiles" --layers "$layers"
committed "$work/large"
table "$work/large" "$profiles profiles of $layers layers, 50 packs, 1000 appliances"
