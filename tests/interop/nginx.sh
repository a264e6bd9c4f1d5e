#!/usr/bin/env bash
# nginx serves the published tree, an appliance pulls it over a slow line and is killed with -9 twenty times: in the end it has
# exactly the files of an appliance that was never disturbed, it never had half of anything, and an idle poll is one request.
. "$(dirname "$0")/peer.bash"

installed nginx nginx-light
export PATH=$PATH:/usr/sbin
RANDOM=4711

# The sample with one layer that takes a while: 2 MB that do not compress.
repository=$work/repository
sample "$repository"
# No maintenance windows: this test does not wait for the night.
sed -i '/^  window:/d' "$repository"/appliances/*.yaml "$repository"/appliances/*/*.yaml
python3 - "$repository/profiles/system/store-base" <<'EOF'
import base64, random, sys
from pathlib import Path

folder = Path(sys.argv[1])
data = base64.b64encode(random.Random(7).randbytes(2_000_000)).decode()
(folder / "manifests/large.yaml").write_text(
    f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: large\n  namespace: edge-system\ndata:\n  blob: {data}\n"
)
profile = folder / "profile.yaml"
profile.write_text(profile.read_text().replace("manifests/support.yaml\n", "manifests/support.yaml\n        - manifests/large.yaml\n"))
EOF
commit() { git -C "$repository" -c user.name=sample -c user.email=sample@example.org commit -qam "$1"; }
git -C "$repository" add -A
commit "Add what takes long to pull"
tree=$work/tree
expect "build" 0 "$EDGEWRIGHT" -C "$repository" build --output "$tree"

port=$(free_port)
log=$work/access.log
cat >"$work/nginx.conf" <<EOF
$([ "$(id -u)" != 0 ] || echo "user root;")
pid $work/nginx.pid;
error_log $work/error.log;
events { }
http {
    default_type application/octet-stream;
    log_format requests '\$status \$body_bytes_sent \$request_uri';
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$port;
        access_log $log requests;
        root $tree;
        limit_rate 400k;
    }
}
EOF
nginx -p "$work" -c "$work/nginx.conf" -g 'daemon off;' &
children+=("$!")
answers "http://127.0.0.1:$port/metadata/timestamp.json"

state=$work/state
url=http://127.0.0.1:$port
told=(--root "$tree/metadata/1.root.json" --appliance edge-f0ad114278c96ea4a169f0565d1beb96
    --variable proxyToken=one --variable paymentToken=two)
pull=("$EDGEWRIGHT" agent pull --state "$state" --url "$url" "${told[@]}")

# What the switch points to is complete, whatever happened: every file of it is there and readable.
whole() {
    [ -e "$state/current" ] || return 0
    [ -s "$state/current/deployment.json" ] && "$EDGEWRIGHT" agent status --state "$state" --format json >/dev/null
}

# killed N: N pulls, each killed with -9 after a moment.
killed() {
    local n pid dead=0
    for n in $(seq "$1"); do
        "${pull[@]}" >"$work/pull" 2>&1 &
        pid=$!
        sleep "0.$(printf '%03d' $((RANDOM % 900)))"
        kill -9 "$pid" 2>/dev/null && dead=$((dead + 1))
        wait "$pid" 2>/dev/null || true
        whole || { fail "half a deployment after kill $n"; return; }
    done
    pass "$dead of $1 pulls killed with -9, never half a deployment"
}

# same: the appliance has what an undisturbed one gets from the folder itself.
same() {
    rm -rf "$work/calm"
    "$EDGEWRIGHT" agent pull --state "$work/calm" --url "$tree" "${told[@]}" >"$work/output" 2>&1 || { cat "$work/output"; fail "pull from the folder"; return; }
    local files
    files=$(find "$state/current/profiles" -type f | wc -l)
    if [ "$files" -gt 20 ] && diff -r "$state/current/profiles" "$work/calm/current/profiles" >"$work/output"; then
        pass "$1: the same $files files as without kills"
    else
        head -20 "$work/output"
        fail "$1: other files than without kills"
    fi
}

killed 12
expect "the pull after the kills" 0 "${pull[@]}"
same "first release"
sent=$(awk '{ n += $2 } END { print n }' "$log")
planned=$(du -sb "$tree/blobs" | cut -f1)
[ "$sent" -lt $((planned * 2)) ] && pass "resumed: $sent bytes sent for a tree of $planned" || fail "$sent bytes sent for a tree of $planned"

# Nothing new: one small request. Not "not modified": nginx's ETag is a time and a size, and the agent believes only one that is made
# from the bytes.
sleep 0.3
: >"$log"
expect "an idle poll" 0 "${pull[@]}"
sleep 0.3
if [ "$(wc -l <"$log")" = 1 ] && grep -qE '^200 [0-9]{3} /metadata/timestamp.json$' "$log"; then
    pass "an idle poll is one request: $(cat "$log")"
else
    cat "$log"
    fail "an idle poll is $(wc -l <"$log") requests"
fi

# A second release: again killed, and what was there before is not pulled again.
cp -r "$tree" "$work/old"
sed -i 's/version: 1.1.0/version: 1.2.0/; s/from its first boot/from the first boot on/' "$repository/profiles/system/store-base/profile.yaml"
printf '# changed\n' >>"$repository/profiles/system/store-base/manifests/large.yaml"
"$EDGEWRIGHT" -C "$repository" lock >/dev/null 2>&1 || true
git -C "$repository" add -A
commit "A new store-base"
expect "build the second release" 0 "$EDGEWRIGHT" -C "$repository" build --output "$tree"
killed 8
expect "the pull after the kills" 0 "${pull[@]}"
same "second release"
"$EDGEWRIGHT" agent status --state "$state" | grep -q 'system/store-base 1.2.0' && pass "runs system/store-base 1.2.0" ||
    { "$EDGEWRIGHT" agent status --state "$state"; fail "does not run system/store-base 1.2.0"; }

# The host goes back to the old tree, and then answers everything with a page: refused, and nothing changes.
before=$(readlink "$state/current")
mv "$tree" "$work/new"
cp -r "$work/old" "$tree"
expect "an older tree is refused" 3 "${pull[@]}"
rm -rf "$tree"
mkdir -p "$tree/metadata"
echo '<!doctype html><title>Welcome to our Wi-Fi</title>' >"$tree/metadata/timestamp.json"
status=0
"${pull[@]}" >"$work/output" 2>&1 || status=$?
[ "$status" != 0 ] && pass "a page instead of metadata is refused (exit $status)" || fail "a page instead of metadata was taken"
[ "$(readlink "$state/current")" = "$before" ] && pass "the deployment is untouched" || fail "the deployment changed"
rm -rf "$tree"
mv "$work/new" "$tree"
expect "and goes on when the host is well again" 0 "${pull[@]}"
finish
