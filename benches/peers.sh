#!/usr/bin/env bash
# `edgewright check` beside the tools that people use today, in one run: CPU and wall time, memory, and the ratios.
#
#     benches/peers.sh [PROFILES [LARGE]]      default: 10000 100000
#
# The binary is $EDGEWRIGHT, else target/release/edgewright, which is built. The others are installed by their own clients (pip,
# npm, go) below $BENCH_TOOLS, unless they are there: check-jsonschema, ajv-cli, kubeconform, helm. Packs and charts come from
# $EDGEWRIGHT_CORPUS; without it the parts on objects and packs are left out, and that is said. Each row is the best of
# $BENCH_RUNS (3) by CPU time, with warm file caches.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
profiles=${1:-10000} large=${2:-100000} runs=${BENCH_RUNS:-3}
if [ -z "${EDGEWRIGHT:-}" ]; then
    (cd "$repository" && cargo build --release --locked --quiet)
    EDGEWRIGHT=${CARGO_TARGET_DIR:-$repository/target}/release/edgewright
fi
[ -x /usr/bin/time ] || { echo "GNU time is needed: apt-get install time" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools=${BENCH_TOOLS:-$work/tools}
corpus=${EDGEWRIGHT_CORPUS:-$repository/../shared/corpus}
export XDG_CACHE_HOME=$work/cache EDGEWRIGHT_CACHE=$work/cache/edgewright

mkdir -p "$tools"
[ -x "$tools/v/bin/check-jsonschema" ] || {
    python3 -m venv "$tools/v"
    "$tools/v/bin/pip" install -q check-jsonschema kubernetes-validate jsonschema pyyaml
}
[ -x "$tools/npm/node_modules/.bin/ajv" ] || npm install --silent --prefix "$tools/npm" ajv-cli ajv-formats
[ -x "$tools/bin/kubeconform" ] || GOBIN=$tools/bin go install github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0
[ -x "$tools/bin/helm" ] || GOBIN=$tools/bin go install helm.sh/helm/v4/cmd/helm@v4.2.4

first=
# row NAME FOLDER COMMAND…: the best of some runs, and how much more CPU and wall time than the first row of the table.
row() {
    local name=$1 folder=$2 best= line wall= memory= times=$runs
    shift 2
    for ((run = 0; run < times; run++)); do
        (cd "$folder" && /usr/bin/time -q -f '%e %U %S %M' -o "$work/time" "$@" >"$work/stdout" 2>"$work/stderr") || true
        line=$(tail -n 1 "$work/time" | awk '{ printf "%.2f %.2f %d", $2 + $3, $1, $4 / 1024 }')
        if [ -z "$best" ] || awk "BEGIN { exit !(${line%% *} < $best) }"; then read -r best wall memory <<<"$line"; fi
        # What takes minutes is run once.
        if awk "BEGIN { exit !($wall > 60) }"; then break; fi
    done
    [ -n "$first" ] || first="$best $wall"
    awk -v name="$name" -v cpu="$best" -v wall="$wall" -v memory="$memory" -v first="$first" 'BEGIN {
        split(first, one, " ")
        printf "| %s | %.2f s | %.2f s | %d MiB | %.1f× | %.1f× |\n", name, cpu, wall, memory, cpu / one[1], wall / one[2] }'
}

table() {
    first=
    printf '\n%s\n\n| | CPU | Wall | Peak memory | CPU ratio | Wall ratio |\n|---|---|---|---|---|---|\n' "$1"
}

committed() {
    "$EDGEWRIGHT" -C "$1" -q lock >"$work/lock" 2>&1 || true
    git -C "$1" init -q -b main
    git -C "$1" add -A
    git -C "$1" -c user.name=bench -c user.email=bench@example.org commit -qm Bench
}

echo "$("$EDGEWRIGHT" --version), $(nproc) cores, $(uname -sm), load $(cut -d' ' -f1-3 /proc/loadavg)"

python3 "$repository/benches/profiles.py" "$work/profiles" --profiles "$profiles"
committed "$work/profiles"
schema=$repository/schemas/profile.json
table "$profiles profiles of 62 lines, one in twenty invalid, against our JSON Schema"
row '`edgewright check`: schema, locks, values and all rules' "$work/profiles" "$EDGEWRIGHT" check --format json
# The list of files is longer than a command line may be; they are all in one process.
# What the others do, and no more: the comparison of like with like.
row '`edgewright check --rule SC`: schema alone' "$work/profiles" "$EDGEWRIGHT" check --rule SC --format json
row '`check-jsonschema`' "$work/profiles" "$tools/v/bin/python" -c \
    'import sys, glob; from check_jsonschema import main; sys.argv = ["check-jsonschema", "--schemafile", sys.argv[1], *sorted(glob.glob("profiles/*/profile.yaml"))]; main()' "$schema"
row '`ajv validate`' "$work/profiles" "$tools/npm/node_modules/.bin/ajv" validate --spec=draft7 --strict=false -c ajv-formats --errors=no -s "$schema" -d 'profiles/*/profile.yaml'

echo "# once more" >>"$work/profiles/profiles/profile-000123/profile.yaml"
table "One changed file of those $profiles"
row '`edgewright check --since HEAD`' "$work/profiles" "$EDGEWRIGHT" check --since HEAD
row '`edgewright check`' "$work/profiles" "$EDGEWRIGHT" check
row '`git status`' "$work/profiles" git status --porcelain

if [ "$large" -gt 0 ]; then
    python3 "$repository/benches/profiles.py" "$work/large" --profiles "$large" --invalid $((large / 20))
    "$EDGEWRIGHT" -C "$work/large" -q lock >"$work/lock" 2>&1 || true
    table "How it grows"
    row "\`edgewright check\`, $profiles profiles" "$work/profiles" "$EDGEWRIGHT" check --format json
    row "\`edgewright check\`, $large profiles" "$work/large" "$EDGEWRIGHT" check --format json
fi

if [ ! -d "$corpus/palette/packs" ]; then
    printf '\nskipped: no corpus, so nothing on objects and packs\n'
    exit 0
fi
"$tools/v/bin/python" "$repository/benches/objects.py" "$corpus/palette/packs" "$work/objects" --helm "$tools/bin/helm" >"$work/rendered"
schemas=$(echo "$tools"/v/lib/python3*/site-packages/kubernetes_validate/kubernetes-json-schema)
table "10,000 Kubernetes objects ($(cat "$work/rendered")), Kubernetes 1.33"
mkdir "$work/empty"
row '`edgewright check DIR`' "$work/empty" "$EDGEWRIGHT" check --format json "$work/objects"
for n in 1 2 4 8; do
    row "\`kubeconform -strict -n $n\`" "$work/empty" "$tools/bin/kubeconform" -strict -n $n -kubernetes-version 1.33.0 -ignore-missing-schemas \
        -schema-location "$schemas/v1.33.0-local{{ .StrictSuffix }}/{{ .ResourceKind }}{{ .KindSuffix }}.json" -summary "$work/objects"
done

table "$(ls "$corpus/palette/packs" | wc -l) packs"
row '`edgewright check PACKS`' "$work/empty" "$EDGEWRIGHT" check --format json "$corpus/palette/packs"
row 'a Python process, `jq` and `yq` a pack' "$work/empty" bash "$repository/benches/pack_checks.sh" "$corpus/palette/packs" \
    "$corpus/palette/schemas/pack-central-pack-schema.json" "$tools/v/bin/python"
