#!/usr/bin/env bash
# Resolving beside Helm, in one run on one machine: 63 charts of five repositories, and one chart of a 25 MB index, cold (no
# caches) and warm (caches of the run before, no lock), from one nginx. Best of three runs of edgewright, one of Helm (RUNS: of
# more), which takes minutes. EDGEWRIGHT names the program (built with --release unless given), HELM the other one.
#
# What is compared: `helm repo update` and `helm dependency update --skip-refresh` (so that Helm gets its indexes once), and
# `edgewright lock`. Memory is the larger of Helm's two.
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${EDGEWRIGHT:-}" ]; then
    (cd "$repository" && cargo build --release --locked --quiet)
    EDGEWRIGHT=${CARGO_TARGET_DIR:-$repository/target}/release/edgewright
fi
helm=${HELM:-helm}
PATH=$PATH:/usr/sbin
for program in "$helm" nginx python3 /usr/bin/time; do
    command -v "$program" >/dev/null || { echo "$program is needed" >&2; exit 2; }
done
work=$(mktemp -d)
trap '[ -z "${server:-}" ] || kill "$server"; rm -rf "$work"' EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
python3 "$repository/benches/repositories.py" "$work/data" --url "$url"
cat >"$work/nginx.conf" <<CONF
$([ "$(id -u)" != 0 ] || echo "user root;")
pid $work/nginx.pid;
error_log $work/error.log;
events { }
http {
    access_log off;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server { listen 127.0.0.1:$port; root $work/data/served; }
}
CONF
nginx -p "$work" -c "$work/nginx.conf" -g 'daemon off;' &
server=$!
for _ in $(seq 50); do
    python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read(1)' "$url/r1/index.yaml" 2>/dev/null && break
    sleep 0.1
done

export HOME=$work/home EDGEWRIGHT_CACHE=$work/cache
export HELM_CACHE_HOME=$work/helm/cache HELM_CONFIG_HOME=$work/helm/config HELM_DATA_HOME=$work/helm/data
mkdir -p "$HOME"

# timed COMMAND…: wall and CPU seconds and kilobytes, or the end of the run.
timed() {
    /usr/bin/time -q -f '%e %U %S %M' -o "$work/time" "$@" >"$work/output" 2>&1 || { tail -5 "$work/output" >&2; exit 1; }
    awk '{ printf "%.2f %.2f %d\n", $1, $2 + $3, $4 }' "$work/time"
}

# both COMMAND-OUTPUT…: two timings as one.
both() { printf '%s\n%s\n' "$1" "$2" | awk '{ w += $1; c += $2; if ($3 > m) m = $3 } END { printf "%.2f %.2f %d\n", w, c, m }'; }

add_repositories() {
    rm -rf "$work/helm/config"
    for name in "$@"; do
        # As `helm repo add` leaves it, without the index that it gets at once.
        mkdir -p "$HELM_CONFIG_HOME"
        [ -s "$HELM_CONFIG_HOME/repositories.yaml" ] || printf 'apiVersion: ""\ngenerated: "2026-01-01T00:00:00Z"\nrepositories:\n' >"$HELM_CONFIG_HOME/repositories.yaml"
        printf -- '- name: %s\n  url: %s/%s\n' "$name" "$url" "$name" >>"$HELM_CONFIG_HOME/repositories.yaml"
    done
}

with_helm() {
    local umbrella=$1 temperature=$2 update resolve
    [ "$temperature" = warm ] || rm -rf "$HELM_CACHE_HOME"
    rm -rf "$umbrella/Chart.lock" "$umbrella/charts"
    update=$(timed "$helm" repo update)
    resolve=$(timed "$helm" dependency update --skip-refresh "$umbrella")
    both "$update" "$resolve"
}

with_edgewright() {
    local profiles=$1 temperature=$2
    [ "$temperature" = warm ] || rm -rf "$EDGEWRIGHT_CACHE"
    rm -f "$profiles"/profiles/umbrella/profile.lock
    timed "$EDGEWRIGHT" -C "$profiles" -q lock
}

# best RUNS COMMAND…: the quickest.
best() {
    local runs=$1
    shift
    for _ in $(seq "$runs"); do "$@"; done | sort -n | head -1
}

row() {
    local what=$1 umbrella=$2 profiles=$3 temperature=$4 theirs ours
    theirs=$(best "${RUNS:-1}" with_helm "$umbrella" "$temperature")
    ours=$(best 3 with_edgewright "$profiles" "$temperature")
    echo "$theirs $ours" | awk -v what="$what, $temperature" '{
        printf "| %s | %.2f s, %.2f s, %d MiB | %.2f s, %.2f s, %d MiB | %.1f× | %.1f× | %.1f× |\n",
            what, $1, $2, $3 / 1024, $4, $5, $6 / 1024, $1 / ($4 > 0 ? $4 : 0.01), $2 / ($5 > 0 ? $5 : 0.01), $3 / $6 }'
}

echo "$("$EDGEWRIGHT" --version) beside helm $("$helm" version --short), $(nproc) cores, $(uname -sm)"
echo "indexes: $(du -k "$work"/data/served/r1/index.yaml | cut -f1) kB each, the big one $(du -k "$work/data/served/big/index.yaml" | cut -f1) kB"
echo
echo '| | Helm: wall, CPU, memory | edgewright: wall, CPU, memory | wall | CPU | memory |'
echo '|---|---|---|---|---|---|'
add_repositories r1 r2 r3 r4 r5
for temperature in cold warm; do row "63 charts of 5 repositories" "$work/data/umbrella" "$work/data/profiles" "$temperature"; done
# The same versions, or the comparison is worth nothing.
diff <(sed -n 's/^- name: //p; s/^  version: //p' "$work/data/umbrella/Chart.lock" | paste - - | sort) \
    <(sed -nE 's/^    chart: //p; s/^    version: //p' "$work/data/profiles/profiles/umbrella/profile.lock" | tr -d \" | paste - - | sort) >"$work/diff" ||
    { head -5 "$work/diff"; echo "the locks differ" >&2; exit 1; }
add_repositories big
for temperature in cold warm; do row "1 chart of a 25 MB index" "$work/data/umbrella-big" "$work/data/profiles-big" "$temperature"; done
again=$(best 3 timed "$EDGEWRIGHT" -C "$work/data/profiles" -q lock)
echo "$again" | awk '{ printf "\nedgewright lock again, with its lock: %.2f s, %.2f s CPU, %d MiB\n", $1, $2, $3 / 1024 }'
