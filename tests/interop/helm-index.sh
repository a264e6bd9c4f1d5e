#!/usr/bin/env bash
# A chart repository as Helm makes it (`helm package`, `helm repo index`), served by nginx: `lock` pins what Helm would choose, with
# the digest of its bytes, and refuses bytes that are not those of the index or of the lock; Helm takes them. An index that did
# not change is not sent again.
. "$(dirname "$0")/peer.bash"

installed go golang-go
helm=$peers/go/helm
[ -x "$helm" ] || GOBIN=$peers/go GOFLAGS=-modcacherw go install helm.sh/helm/v4/cmd/helm@v4.2.4 >"$work/go" 2>&1 ||
    { cat "$work/go"; fail "helm could not be built"; exit 1; }

# The repository: four versions of a chart, one of them a prerelease.
charts=$work/charts
mkdir -p "$charts"
"$helm" create "$work/demo" >/dev/null
for version in 1.2.3 1.3.0 1.4.0-rc.1 2.0.0; do
    "$helm" package "$work/demo" --version "$version" --app-version "7.$version" --destination "$charts" >/dev/null
done
"$helm" repo index "$charts"
port=$(free_port)
installed nginx nginx-light
export PATH=$PATH:/usr/sbin
log=$work/access.log
cat >"$work/nginx.conf" <<CONF
$([ "$(id -u)" != 0 ] || echo "user root;")
pid $work/nginx.pid;
error_log $work/error.log;
events { }
http {
    log_format requests '\$status \$body_bytes_sent \$request_uri';
    access_log $log requests;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server { listen 127.0.0.1:$port; root $charts; }
}
CONF
nginx -p "$work" -c "$work/nginx.conf" -g 'daemon off;' &
server=$!
children+=("$server")
answers "http://127.0.0.1:$port/index.yaml"

profiles=$work/profiles
mkdir -p "$profiles/profiles/demo"
cat >"$profiles/edgewright.yaml" <<EOF
apiVersion: edgewright/v1
kind: Workspace
metadata: { name: helm-index }
spec:
  registries:
    charts: { type: helm, url: "http://127.0.0.1:$port" }
EOF
profile() {
    cat >"$profiles/profiles/demo/profile.yaml" <<EOF
apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: demo, version: 1.0.0 }
spec:
  type: add-on
  cloud: all
  layers:
    - name: demo
      chart: { name: demo, version: "$1", registry: charts }
      namespace: demo
EOF
}
lock=$profiles/profiles/demo/profile.lock
field() { sed -nE "s/^ *-? *$1: *\"?([^\"]*)\"?\$/\1/p" "$lock" | head -1; }

# Helm's choice and ours, for constraints that differ in what they let in.
for wanted in "^1.2" "~1.2.0" "*" ">=1.0.0-0 <2" "1.3.0" ">1.2.3, <2.0.0"; do
    profile "$wanted"
    rm -f "$lock"
    theirs=$("$helm" show chart demo --repo "http://127.0.0.1:$port" --version "$wanted" 2>/dev/null |
        sed -n 's/^version: //p')
    if "$EDGEWRIGHT" -C "$profiles" lock >"$work/output" 2>&1 && [ -n "$theirs" ] && [ "$(field version | tail -1)" != "" ] &&
        [ "$(sed -nE 's/^ *version: "?([^"]*)"?$/\1/p' "$lock" | tail -1)" = "$theirs" ]; then
        pass "\"$wanted\" is $theirs, as for Helm"
    else
        cat "$work/output" "$lock" 2>/dev/null || true
        fail "\"$wanted\": Helm takes $theirs"
    fi
done

profile "^1.2"
rm -f "$lock"
expect "lock" 0 "$EDGEWRIGHT" -C "$profiles" lock
digest=$(sha256sum "$charts/demo-1.3.0.tgz" | cut -d' ' -f1)
grep -q "sha256: \"\?$digest" "$lock" && pass "the lock names the bytes" || { cat "$lock"; fail "the lock does not name sha256 $digest"; }
cp "$lock" "$work/first.lock"
rm "$lock"
expect "lock again" 0 "$EDGEWRIGHT" -C "$profiles" lock
cmp -s "$lock" "$work/first.lock" && pass "the same inputs give the same lock" || fail "two locks differ"

# An index that did not change is asked for with its ETag, and does not come again; nor does a chart that is here.
rm "$lock"
sleep 0.3
: >"$log"
expect "lock with a warm cache" 0 "$EDGEWRIGHT" -C "$profiles" lock
sleep 0.3
[ "$(cat "$log")" = "304 0 /index.yaml" ] && pass "nginx answers 304 to one request" || { cat "$log"; fail "other requests than one for the index"; }
cmp -s "$lock" "$work/first.lock" && pass "and the lock is the same" || fail "the kept index gives another lock"
# Without digests in the index the host is asked whether the chart is the same; a lock notices when it is not.
cp "$charts/index.yaml" "$work/index.yaml"
sed -i '/^ *digest:/d' "$charts/index.yaml"
cp "$charts/demo-1.3.0.tgz" "$work/good.tgz"
expect "lock without digests in the index" 0 "$EDGEWRIGHT" -C "$profiles" lock
: >"$log"
expect "again" 0 "$EDGEWRIGHT" -C "$profiles" lock
sleep 0.3
grep -q '^304 0 /demo-1.3.0.tgz$' "$log" && pass "nginx answers 304 for the chart" || { cat "$log"; fail "the chart was not asked for"; }
cp "$charts/demo-1.2.3.tgz" "$charts/demo-1.3.0.tgz"
expect "other bytes without a digest in the index are refused" 3 "$EDGEWRIGHT" -C "$profiles" lock
cp "$work/good.tgz" "$charts/demo-1.3.0.tgz"
cp "$work/index.yaml" "$charts/index.yaml"

# The bytes on the server change under their name: refused by index (lock) and by lock (fetch), nothing written.
cp "$charts/demo-1.3.0.tgz" "$work/good.tgz"
echo "# changed" >>"$work/demo/values.yaml"
"$helm" package "$work/demo" --version 1.3.0 --app-version 7.1.3.0 --destination "$charts" >/dev/null
rm -rf "$EDGEWRIGHT_CACHE"
if "$helm" pull demo --repo "http://127.0.0.1:$port" --version 1.3.0 --destination "$work" >"$work/output" 2>&1 &&
    cmp -s "$work/demo-1.3.0.tgz" "$charts/demo-1.3.0.tgz"; then
    pass "helm pull takes bytes that the index does not name"
else
    cat "$work/output"
    fail "helm pull does not take them: the comparison is out of date"
fi
expect "fetch refuses other bytes" 3 "$EDGEWRIGHT" -C "$profiles" fetch
rm "$lock"
rm -rf "$EDGEWRIGHT_CACHE"
expect "lock refuses bytes that the index does not name" 3 "$EDGEWRIGHT" -C "$profiles" lock
[ ! -e "$lock" ] && pass "nothing was written" || fail "a lock was written over refused bytes"

# Even where the index was changed with them, the lock stands.
"$helm" repo index "$charts"
cp "$work/first.lock" "$lock"
rm -rf "$EDGEWRIGHT_CACHE"
expect "fetch refuses bytes that only the index vouches for" 3 "$EDGEWRIGHT" -C "$profiles" fetch

# Offline: what is locked and fetched needs no server.
cp "$work/good.tgz" "$charts/demo-1.3.0.tgz"
"$helm" repo index "$charts"
expect "fetch of the right bytes" 0 "$EDGEWRIGHT" -C "$profiles" fetch
kill "$server"
expect "lock --check without a server" 0 "$EDGEWRIGHT" -C "$profiles" lock --check
expect "check without a server" 0 "$EDGEWRIGHT" -C "$profiles" check
finish
