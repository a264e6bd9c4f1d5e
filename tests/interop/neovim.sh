#!/usr/bin/env bash
# The language server in a real editor: Neovim, headless, with its own client and nothing else. It opens a profile of the sample
# repository and breaks it; findings, hover, completion, definitions and fixes must reach the buffer as Neovim understands them.
. "$(dirname "$0")/peer.bash"

installed nvim neovim

# Spaces and letters beyond ASCII in the path: addresses are escaped on one side and read on the other.
root="$work/sample stöck"
sample "$root"
export EDGEWRIGHT ROOT="$root" VERDICTS="$work/verdicts"
: >"$VERDICTS"
status=0
XDG_STATE_HOME="$work/state" XDG_DATA_HOME="$work/data" XDG_CONFIG_HOME="$work/config" \
    timeout 120 nvim --headless --clean -n -S "$checkout/tests/interop/neovim.lua" >"$work/output" 2>&1 || status=$?

while IFS= read -r verdict; do
    case $verdict in
    PASS\ *) pass "${verdict#PASS }" ;;
    *) fail "${verdict#FAIL }" ;;
    esac
done <"$VERDICTS"
wanted=$(grep -c '^check(' "$checkout/tests/interop/neovim.lua")
told=$(wc -l <"$VERDICTS")
if [ "$status" != 0 ] || [ "$told" != "$wanted" ]; then
    cat "$work/output"
    find "$work" -name 'lsp.log' -exec tail -20 {} +
    fail "Neovim ended with $status after $told of $wanted checks"
fi
finish
