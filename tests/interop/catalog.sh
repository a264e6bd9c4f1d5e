#!/usr/bin/env bash
# The catalog in Debian's chromium: axe finds nothing in light, dark and at 320 px, nothing is asked for elsewhere, the
# policy is never broken, and every page is complete without JavaScript and from file://.
. "$(dirname "$0")/peer.bash"

skip() { echo "SKIP: $*"; exit 77; }

if ! command -v chromium >/dev/null; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -q >"$work/apt" 2>&1 && $sudo apt-get install -qy --no-install-recommends chromium >>"$work/apt" 2>&1 ||
        { tail -3 "$work/apt"; skip "chromium could not be installed"; }
fi
installed node nodejs
installed npm npm
modules=$peers/catalog
if [ ! -d "$modules/node_modules/axe-core" ]; then
    mkdir -p "$modules"
    npm install --silent --no-audit --no-fund --prefix "$modules" axe-core@4.14.1 playwright-core@1.65.1 >"$work/npm" 2>&1 ||
        { cat "$work/npm"; fail "axe-core and playwright-core could not be installed"; exit 1; }
fi

site=$work/site
sample "$work/repository"
expect "site build" 0 "$EDGEWRIGHT" -C "$work/repository" site build --output "$site"
expect "site build again" 0 "$EDGEWRIGHT" -C "$work/repository" site build --output "$work/again"
expect "the same commit gives the same bytes" 0 diff -r "$site" "$work/again"

port=$(free_port)
"$EDGEWRIGHT" serve "$site" --listen "127.0.0.1:$port" >"$work/serve" 2>&1 &
children+=("$!")
answers "http://127.0.0.1:$port/index.html"

status=0
NODE_PATH=$modules/node_modules node "$checkout/tests/interop/catalog.js" "$site" "http://127.0.0.1:$port" "$work/profile" || status=$?
((status == 0)) || failures=$((failures + 1))
finish
