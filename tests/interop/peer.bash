# What the scripts here share: installing a peer, verdicts, and servers that end with the script. Sourced, not run.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
EDGEWRIGHT=${EDGEWRIGHT:-${CARGO_TARGET_DIR:-$checkout/target}/debug/edgewright}
[ -x "$EDGEWRIGHT" ] || (cd "$checkout" && cargo build --locked --quiet)
# Peers that take long to build are kept between runs.
peers=${CARGO_TARGET_DIR:-$checkout/target}/peers
mkdir -p "$peers"

work=$(mktemp -d)
children=()
failures=0

cleanup() {
    local pid
    for pid in "${children[@]:-}"; do
        [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

# Go keeps its own caches, so that a second run is quick.
if command -v go >/dev/null; then
    GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE)
    export GOMODCACHE GOCACHE
fi
# Nothing else of the machine's settings, caches or keys takes part.
export HOME=$work/home XDG_CACHE_HOME=$work/cache EDGEWRIGHT_CACHE=$work/cache/edgewright
mkdir -p "$HOME"

# installed COMMAND PACKAGE: Debian's package unless the command is there. A peer that cannot be had is a failure.
installed() {
    command -v "$1" >/dev/null && return
    local sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -q >"$work/apt" 2>&1 && $sudo apt-get install -qy --no-install-recommends "$2" >>"$work/apt" 2>&1 ||
        { cat "$work/apt"; fail "$2 could not be installed"; exit 1; }
}

pass() { echo "PASS  $*"; }
fail() {
    echo "FAIL  $*"
    failures=$((failures + 1))
}

# expect WHAT WANTED-EXIT COMMAND…: runs it, shows its output if it ends otherwise.
expect() {
    local what=$1 wanted=$2 status=0
    shift 2
    "$@" >"$work/output" 2>&1 || status=$?
    if [ "$status" = "$wanted" ]; then
        pass "$what"
    else
        cat "$work/output"
        fail "$what: exit $status, not $wanted: $*"
    fi
}

# The script's last line.
finish() {
    ((failures == 0)) || { echo "$failures failed"; exit 1; }
}

# A port that nobody listens on.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# answers URL: waits until a server does.
answers() {
    local _
    for _ in $(seq 100); do
        python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2).read(1)' "$1" 2>/dev/null && return
        sleep 0.1
    done
    fail "no answer from $1"
    exit 1
}

# sample DIR: a copy of the sample repository, committed, as a user would have it.
sample() {
    mkdir -p "$1"
    cp -r "$checkout"/{edgewright.yaml,profiles,packs,appliances} "$1"
    git -C "$1" init -q -b main
    git -C "$1" -c user.name=sample -c user.email=sample@example.org add -A
    GIT_COMMITTER_DATE=2026-01-02T03:04:05Z git -C "$1" -c user.name=sample -c user.email=sample@example.org \
        commit -qm "Sample" --date 2026-01-02T03:04:05Z
}
