#!/usr/bin/env bash
# The reference registry of the OCI distribution project: charts that `helm push` put there and packs that `crane` put there are found
# as Helm finds them, pinned by manifest and bytes, and fetched; what was changed on its disk and tags that were moved are refused.
# Without credentials, with a password, and with a token service.
. "$(dirname "$0")/peer.bash"

installed go golang-go
installed openssl openssl
go_peer() {
    [ -x "$peers/go/$1" ] || GOBIN=$peers/go GOFLAGS=-modcacherw go install "$2" >"$work/go" 2>&1 ||
        { cat "$work/go"; fail "$1 could not be built"; exit 1; }
}
go_peer helm helm.sh/helm/v4/cmd/helm@v4.2.4
go_peer crane github.com/google/go-containerregistry/cmd/crane@v0.22.1
go_peer registry github.com/distribution/distribution/v3/cmd/registry@v3.1.1
helm() { "$peers/go/helm" "$@"; }
crane() { "$peers/go/crane" "$@"; }
export OTEL_TRACES_EXPORTER=none

# serve PORT AUTH-LINES: a registry with the one storage of this script. Its pages of tags are short.
serve() {
    local port=$1
    cat >"$work/registry-$port.yml" <<END
version: 0.1
log: { level: error, accesslog: { disabled: false } }
storage: { filesystem: { rootdirectory: $work/storage }, delete: { enabled: true } }
http: { addr: "127.0.0.1:$port", secret: not-a-secret }
tags: { maxtags: 100 }
$2
END
    "$peers/go/registry" serve "$work/registry-$port.yml" >"$work/registry-$port.log" 2>&1 &
    server=$!
    children+=("$server")
    local _
    for _ in $(seq 100); do
        python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$port" 2>/dev/null && return
        sleep 0.1
    done
    cat "$work/registry-$port.log"
    fail "the registry does not start"
    exit 1
}

port=$(free_port)
host=127.0.0.1:$port
serve "$port" ""
open_server=$server

# --- What is in it ---------------------------------------------------------------------------------------------------------------------

charts=$work/charts
mkdir -p "$charts"
helm create "$work/demo" >/dev/null
package() { helm package "$work/demo" --version "$1" --app-version "7.$1" --destination "$charts" >/dev/null; }
push() { helm push "$charts/$1" "oci://$host/$2" --plain-http >"$work/push" 2>&1 || { cat "$work/push"; fail "helm push $1"; exit 1; }; }
for version in 1.0.0+build.7 1.2.3 1.3.0 1.4.0-rc.1 v1.9.0 2.0.0; do
    package "$version"
    push "demo-$version.tgz" team
done

# A pack as Palette's tools lay it down, and one at the plain address: one is pushed by crane with the folder in it, one with bare files.
mkdir -p "$work/packs/hello-1.0.0" "$work/packs/plain"
for at in hello-1.0.0:1.0.0 plain:2.1.0; do
    cat >"$work/packs/${at%%:*}/pack.json" <<END
{ "name": "hello", "displayName": "Hello", "version": "${at##*:}", "layer": "addon", "addonType": "app services",
  "cloudTypes": ["all"], "kubeManifests": ["manifests/hello.yaml"] }
END
    mkdir -p "$work/packs/${at%%:*}/manifests"
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: hello, namespace: hello }\n' >"$work/packs/${at%%:*}/manifests/hello.yaml"
    printf 'pack:\n  namespace: hello\n' >"$work/packs/${at%%:*}/values.yaml"
done
tar -C "$work/packs" -czf "$work/hello-1.0.0.tar.gz" hello-1.0.0
tar -C "$work/packs/plain" -czf "$work/plain.tar.gz" .
put() { crane append --oci-empty-base -f "$1" -t "$host/$2" >"$work/push" 2>&1 || { cat "$work/push"; fail "crane append $2"; exit 1; }; }
put "$work/hello-1.0.0.tar.gz" team/spectro-packs/archive/hello:1.0.0
put "$work/plain.tar.gz" team/hello:2.1.0
# A third pack as `oras push FILE` writes it: an empty config, the type of a plain layer, the file's name as title.
python3 - "$host" "$work/oras.tar.gz" "$work/packs" <<'END'
import hashlib, http.client, json, os, subprocess, sys
host, archive, packs = sys.argv[1:]
os.rename(f"{packs}/plain", f"{packs}/hello-3.0.0")
path = f"{packs}/hello-3.0.0/pack.json"
text = open(path).read().replace("2.1.0", "3.0.0")
open(path, "w").write(text)
subprocess.run(["tar", "-C", packs, "-czf", archive, "hello-3.0.0"], check=True)
connection = http.client.HTTPConnection(host)
at = "/v2/team/spectro-packs/archive/hello"
def ask(method, path, body=None, headers={}):
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status in (201, 202), (method, path, answer.status)
    return answer
def blob(content, kind, **more):
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    place = ask("POST", f"{at}/blobs/uploads/").headers["Location"]
    ask("PUT", f"{place}&digest={digest}", content, {"Content-Type": "application/octet-stream"})
    return {"mediaType": kind, "digest": digest, "size": len(content), **more}
layer = blob(open(archive, "rb").read(), "application/vnd.oci.image.layer.v1.tar", annotations={"org.opencontainers.image.title": "hello-3.0.0.tar.gz"})
manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": "application/vnd.unknown.artifact.v1",
            "config": blob(b"{}", "application/vnd.oci.empty.v1+json", data="e30="), "layers": [layer],
            "annotations": {"org.opencontainers.image.created": "2026-01-02T03:04:05Z"}}
ask("PUT", f"{at}/manifests/3.0.0", json.dumps(manifest), {"Content-Type": manifest["mediaType"]})
END

# --- A repository that asks for it -----------------------------------------------------------------------------------------------------

repository=$work/repository
mkdir -p "$repository/profiles/demo"
workspace() {
    cat >"$repository/edgewright.yaml" <<END
apiVersion: edgewright/v1
kind: Workspace
metadata: { name: oci }
spec:
  registries:
    oci: { type: oci, url: "oci://$1/team" }
END
}
profile() { # KIND NAME VERSION
    cat >"$repository/profiles/demo/profile.yaml" <<END
apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: demo, version: 1.0.0 }
spec:
  type: add-on
  cloud: all
  layers:
    - name: one
      $1: { name: $2, version: "$3", registry: oci }
$([ "$1" = pack ] || echo "      namespace: demo")
END
}
ew() { "$EDGEWRIGHT" -C "$repository" "$@"; }
lock=$repository/profiles/demo/profile.lock
field() { sed -nE "s/^ *-? *$1: *\"?([^\"]*)\"?\$/\1/p" "$lock" | tail -1; }
# says TEXT: the last output holds it.
says() {
    if grep -qF -- "$1" "$work/output"; then pass "and says \"$1\""; else cat "$work/output"; fail "does not say \"$1\""; fi
}
is() { # WHAT FOUND WANTED
    if [ "$2" = "$3" ]; then pass "$1"; else cat "$lock" 2>/dev/null; fail "$1: \"$2\", not \"$3\""; fi
}
sha() { sha256sum "$1" | cut -d' ' -f1; }

workspace "$host"

# --- Helm's choice and ours ------------------------------------------------------------------------------------------------------------

for wanted in "^1.2" "~1.2.0" "*" "" ">=1.0.0-0 <2" "1.3.0" ">1.2.3, <2.0.0" "1.x" "<1.2" "1.0.0+build.7" "v1.9.0" "1.9.0" "1.2" \
    "^3" "1.4.0-rc.1" "~1.4.0-0" ">=1.4" "1.0.0" "<=1.0.0" "!=2.0.0" "1.2.3 - 1.3.0" "^1.9" "nonsense"; do
    profile chart demo "$wanted"
    rm -f "$lock"
    theirs=$(helm show chart "oci://$host/team/demo" --plain-http --version "$wanted" 2>/dev/null | sed -n 's/^version: //p') || true
    ours=
    status=0
    ew lock >"$work/output" 2>&1 || status=$?
    [ "$status" != 0 ] || ours=$(field version)
    if [ "$ours" = "$theirs" ] && { [ "$status" = 0 ] || [ "$status" = 1 ]; }; then
        pass "\"$wanted\" is ${theirs:-nothing (exit $status)}, as for Helm"
    else
        cat "$work/output"
        fail "\"$wanted\" is \"$ours\" (exit $status), for Helm \"$theirs\""
    fi
done
profile chart demo 1.9.0
expect "an exact version that has a tag of its own" 1 ew lock
says "there is a tag \`v1.9.0\`: write the version as it stands there"

# --- Pinned and fetched ----------------------------------------------------------------------------------------------------------------

profile chart demo "^1.2"
rm -f "$lock"
expect "lock" 0 ew lock
is "the lock has the chart's bytes" "$(field sha256)" "$(sha "$charts/demo-1.3.0.tgz")"
is "the lock has the manifest" "sha256:$(field manifest)" "$(crane digest "$host/team/demo:1.3.0")"
is "the lock has the tag" "$(field url)" "oci://$host/team/demo:1.3.0"
is "the lock has the application's version" "$(field appVersion)" 7.1.3.0
cp "$lock" "$work/first.lock"
old=$(field manifest)
rm "$lock"
expect "lock again" 0 ew lock
cmp -s "$lock" "$work/first.lock" && pass "the same lock again" || fail "two locks differ"
expect "fetch" 0 ew fetch
rm -rf "$EDGEWRIGHT_CACHE"
expect "fetch into an empty cache" 0 ew fetch
expect "lock --check" 0 ew lock --check

# --- Packs -----------------------------------------------------------------------------------------------------------------------------

for wanted in "1.0.0:$work/hello-1.0.0.tar.gz:spectro-packs/archive/hello" "1.0:$work/hello-1.0.0.tar.gz:spectro-packs/archive/hello" \
    "latest:$work/oras.tar.gz:spectro-packs/archive/hello" "2.x:$work/plain.tar.gz:hello" ">=1.0 <1.1:$work/hello-1.0.0.tar.gz:spectro-packs/archive/hello"; do
    IFS=: read -r version archive at <<<"$wanted"
    profile pack hello "$version"
    rm -f "$lock"
    expect "lock of pack hello $version" 0 ew lock
    # crane may pack anew what it was given: the layer in the registry counts.
    layer=$(crane manifest "$host/team/$at:$(field version)" | python3 -c 'import json, sys; print(json.load(sys.stdin)["layers"][0]["digest"])')
    is "it is the layer that was pushed to $at" "sha256:$(field sha256)" "$layer"
    is "its place is in the lock" "$(field url)" "oci://$host/team/$at:$(field version)"
done
expect "check of a pack from the registry" 0 ew check
rm -rf "$EDGEWRIGHT_CACHE"
expect "fetch of a pack" 0 ew fetch
profile chart hello 2.1.0
expect "a pack is no chart" 2 ew lock
says "it is no Helm chart: its config is of type"
profile pack demo 1.3.0
expect "a chart is no pack" 2 ew lock
says "it is a Helm chart, not a pack: refer to it with \`chart:\`"

# --- Images ----------------------------------------------------------------------------------------------------------------------------

# An image for two platforms, as an index; a pack lists it, and its tag is pinned to index and platforms.
mkdir -p "$work/image"
for platform in linux/amd64 linux/arm64; do
    echo "$platform" >"$work/image/platform"
    tar -C "$work/image" -czf "$work/image.tar.gz" platform
    put "$work/image.tar.gz" "team/app:${platform#*/}"
    crane mutate --set-platform "$platform" "$host/team/app:${platform#*/}" -t "$host/team/app:${platform#*/}" >/dev/null 2>&1
done
crane index append -m "$host/team/app:amd64" -m "$host/team/app:arm64" -t "$host/team/app:1.0" >"$work/push" 2>&1 ||
    { cat "$work/push"; fail "crane index append"; }
cp -r "$work/packs/hello-1.0.0" "$work/packs/hello-1.1.0"
sed -i 's/"1.0.0"/"1.1.0"/' "$work/packs/hello-1.1.0/pack.json"
printf 'pack:\n  namespace: hello\n  content:\n    images:\n      - image: %s/team/app:1.0\n' "$host" >"$work/packs/hello-1.1.0/values.yaml"
tar -C "$work/packs" -czf "$work/hello-1.1.0.tar.gz" hello-1.1.0
put "$work/hello-1.1.0.tar.gz" team/hello:1.1.0
profile pack hello 1.1.0
expect "lock --images" 0 ew lock --images
for of in 1.0 amd64 arm64; do
    digest=$(crane digest "$host/team/app:$of")
    grep -q "${digest#sha256:}" "$lock" && pass "the lock has the digest of app:$of" || { cat "$lock"; fail "the lock has no $digest"; }
done

# --- By digest -------------------------------------------------------------------------------------------------------------------------

profile chart demo "1.3.0@sha256:$old"
rm -f "$lock"
expect "lock by version and digest" 0 ew lock
profile chart demo "@sha256:$old"
expect "lock by digest alone" 0 ew lock
is "its version is that of the chart" "$(field version)" 1.3.0
is "its place is the digest" "$(field url)" "oci://$host/team/demo@sha256:$old"
profile chart demo "1.3.0@sha256:12"
expect "half a digest" 1 ew lock
says "\`sha256:12\` is no digest"

# --- The tag moves ---------------------------------------------------------------------------------------------------------------------

# First the same bytes once more: Helm writes the file's date into the manifest.
profile chart demo "^1.2"
cp "$work/first.lock" "$lock"
touch -d 2026-01-02T03:04:05Z "$charts/demo-1.3.0.tgz"
push demo-1.3.0.tgz team
expect "the same chart pushed again" 3 ew lock
says "registry \`oci\` serves another manifest for demo 1.3.0 than"
says "it names the same bytes"
echo "# changed" >>"$work/demo/values.yaml"
cp "$charts/demo-1.3.0.tgz" "$work/good.tgz"
package 1.3.0
push demo-1.3.0.tgz team
expect "a version pushed again with other bytes" 3 ew lock
says "registry \`oci\` serves other bytes for demo 1.3.0 than"
cmp -s "$lock" "$work/first.lock" && pass "the lock is as it was" || fail "the lock was changed"
rm -rf "$EDGEWRIGHT_CACHE"
expect "fetch gets what the lock names, wherever the tag leads" 0 ew fetch
expect "and the lock stands" 0 ew lock --check
profile chart demo "1.3.0@sha256:$old"
rm -f "$lock"
expect "a tag that moved away from its digest" 3 ew lock
says "was moved: the manifest sha256 $old is wanted"
[ ! -e "$lock" ] && pass "nothing was written" || fail "a lock was written"
helm pull "oci://$host/team/demo" --version "1.3.0@sha256:$old" --plain-http --destination "$work" >"$work/output" 2>&1 &&
    fail "Helm takes it" || pass "Helm does not take it either"
profile chart demo "@sha256:$old"
expect "by its digest it is still there" 0 ew lock
profile chart demo "^1.2"
cp "$work/first.lock" "$lock"
expect "what was pushed again is meant" 0 ew lock --accept-changed demo
is "and its bytes are in the lock" "$(field sha256)" "$(sha "$charts/demo-1.3.0.tgz")"

# --- The registry's disk ---------------------------------------------------------------------------------------------------------------

blob() { echo "$work/storage/docker/registry/v2/blobs/sha256/${1:0:2}/$1/data"; }
data=$(blob "$(field sha256)")
python3 - "$data" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[1], "wb").write(data)
END
rm -rf "$EDGEWRIGHT_CACHE"
expect "a changed blob is refused by fetch" 3 ew fetch
rm "$lock"
expect "and by lock" 3 ew lock
[ ! -e "$lock" ] && pass "nothing was written" || fail "a lock was written"
[ -z "$(find "$EDGEWRIGHT_CACHE/blobs" -type f -size +2k)" ] && pass "nothing of it was kept" || fail "it was kept"
cp "$charts/demo-1.3.0.tgz" "$data"
expect "the right bytes are taken" 0 ew lock
manifest=$(blob "$(field manifest)")
cp "$manifest" "$work/manifest"
sed -i 's/"schemaVersion":2/"schemaVersion": 2/' "$manifest"
rm -rf "$EDGEWRIGHT_CACHE"
status=0
ew lock >"$work/output" 2>&1 || status=$?
[ "$status" = 2 ] || [ "$status" = 3 ] && pass "a changed manifest is not taken (exit $status)" || { cat "$work/output"; fail "a changed manifest: exit $status"; }
cp "$work/manifest" "$manifest"

# --- Many tags -------------------------------------------------------------------------------------------------------------------------

python3 - "$host" <<'END'
import http.client, json, sys
connection = http.client.HTTPConnection(sys.argv[1])
kind = "application/vnd.oci.image.manifest.v1+json"
connection.request("GET", "/v2/team/demo/manifests/2.0.0", headers={"Accept": kind})
manifest = connection.getresponse().read()
for version in range(350):
    connection.request("PUT", f"/v2/team/demo/manifests/5.{version}.0", manifest, {"Content-Type": kind})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 201, answer.status
END
profile chart demo "<5.300"
rm -f "$lock"
expect "lock among 350 more tags" 0 ew lock
is "the highest that fits is on a later page" "$(field version)" 5.299.0
pages=$(grep -c 'GET /v2/team/demo/tags/list?.*last=' "$work/registry-$port.log" || true)
[ "$pages" -ge 3 ] && pass "$pages further pages were asked for" || fail "$pages further pages were asked for"

# --- Through a mirror ------------------------------------------------------------------------------------------------------------------

# The lock names the registry that is meant, and the site's mirror has the bytes.
profile chart demo "^1.2"
rm -rf "$lock" "$EDGEWRIGHT_CACHE"
workspace registry.example.org
sed -i "/^  registries:/i\\  mirrors: [{ from: \"oci://registry.example.org/\", to: \"oci://$host/\" }]" "$repository/edgewright.yaml"
expect "lock through a mirror" 0 ew lock
is "the lock names the registry itself" "$(field url)" "oci://registry.example.org/team/demo:1.3.0"
rm -rf "$EDGEWRIGHT_CACHE"
expect "fetch through it" 0 ew fetch
profile chart demo "<5.300"
expect "lists in pages through it" 0 ew lock
is "the highest that fits" "$(field version)" 5.299.0
workspace "$host"

# --- Without the registry --------------------------------------------------------------------------------------------------------------

profile chart demo "^1.2"
rm -f "$lock"
expect "lock" 0 ew lock
kill "$open_server"
wait "$open_server" 2>/dev/null || true
expect "lock --check without the registry" 0 ew lock --check
expect "check without the registry" 0 ew check
expect "a lock is kept while the registry is away" 0 ew lock
cmp -s "$lock" "$work/first.lock" || pass "and says what it said"

# --- With a password -------------------------------------------------------------------------------------------------------------------

# bcrypt of "open-sesame".
echo 'edge:$2b$04$FD/j8LbsVuWrpJqu4FOiLelJDrarOFM3YJcmU1iczCXghzNaZ7PKG' >"$work/htpasswd"
guarded() { # a new cache, a new lock
    rm -rf "$EDGEWRIGHT_CACHE" "$lock"
}
port=$(free_port)
host=127.0.0.1:$port
serve "$port" "auth: { htpasswd: { realm: interop, path: $work/htpasswd } }"
workspace "$host"
guarded
expect "without a password" 2 ew lock
says "401"
export EDGEWRIGHT_REGISTRY_OCI_USERNAME=edge EDGEWRIGHT_REGISTRY_OCI_PASSWORD=wrong
expect "with a wrong password" 2 ew lock
grep -q wrong "$work/output" && { cat "$work/output"; fail "the password is shown"; } || pass "the password is not shown"
export EDGEWRIGHT_REGISTRY_OCI_PASSWORD=open-sesame
expect "with the password from the environment" 0 ew lock
expect "fetch with it" 0 ew fetch
unset EDGEWRIGHT_REGISTRY_OCI_USERNAME EDGEWRIGHT_REGISTRY_OCI_PASSWORD
guarded
crane auth login "$host" -u edge -p open-sesame >/dev/null 2>&1
expect "with the login of crane (docker's configuration)" 0 ew lock
expect "fetch with it" 0 ew fetch
grep -rq open-sesame "$EDGEWRIGHT_CACHE" "$lock" && fail "the password is in the cache or the lock" || pass "the password is in neither cache nor lock"
rm -rf "$HOME/.docker"
guarded
helm registry login "$host" -u edge -p open-sesame --plain-http >"$work/push" 2>&1 || { cat "$work/push"; fail "helm registry login"; }
expect "with the login of helm" 0 ew lock

# --- With a token service --------------------------------------------------------------------------------------------------------------

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/token.key" -out "$work/token.crt" -days 2 -subj /CN=tokens >/dev/null 2>&1
tokens=$(free_port)
python3 - "$tokens" "$work" >"$work/tokens.log" 2>&1 <<'END' &
"""A token service as the distribution project describes it: Basic in, a signed JWT out; `edge` may pull below team/, nobody else."""
import base64, http.server, json, subprocess, sys, time, urllib.parse
port, work = int(sys.argv[1]), sys.argv[2]
der = base64.b64encode(subprocess.run(["openssl", "x509", "-in", f"{work}/token.crt", "-outform", "DER"], check=True, capture_output=True).stdout).decode()
flat = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()

class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        given = self.headers.get("Authorization", "")
        user = given.startswith("Basic ") and base64.b64decode(given[6:]).decode() == "edge:open-sesame"
        if given and not user:
            self.send_response(401); self.end_headers(); return
        access = []
        for scope in " ".join(query.get("scope", [])).split():
            kind, name, actions = scope.rsplit(":", 2) if scope.count(":") == 2 else (scope.split(":")[0], ":".join(scope.split(":")[1:-1]), scope.split(":")[-1])
            allowed = [action for action in actions.split(",") if user and action in ("pull", "push") and name.startswith("team/")]
            access.append({"type": kind, "name": name, "actions": allowed})
        now = int(time.time())
        claims = {"iss": "interop", "sub": "edge" if user else "", "aud": query["service"][0], "exp": now + 300, "nbf": now - 5, "iat": now, "jti": str(now), "access": access}
        head = {"alg": "RS256", "typ": "JWT", "x5c": [der]}
        text = flat(json.dumps(head).encode()) + "." + flat(json.dumps(claims).encode())
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", f"{work}/token.key"], input=text.encode(), check=True, capture_output=True).stdout
        body = json.dumps({"token": text + "." + flat(signature), "expires_in": 300}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("127.0.0.1", port), Service).serve_forever()
END
children+=("$!")
port=$(free_port)
host=127.0.0.1:$port
serve "$port" "auth: { token: { realm: \"http://127.0.0.1:$tokens/token\", service: interop, issuer: interop, rootcertbundle: $work/token.crt } }"
workspace "$host"
guarded
rm -rf "$HOME/.config" "$HOME/.docker"
expect "without credentials, the token is good for nothing" 2 ew lock
export EDGEWRIGHT_REGISTRY_OCI_USERNAME=edge EDGEWRIGHT_REGISTRY_OCI_PASSWORD=open-sesame
expect "with a token" 0 ew lock
rm -rf "$EDGEWRIGHT_CACHE"
expect "fetch with it" 0 ew fetch
grep -rqE 'open-sesame|eyJ' "$EDGEWRIGHT_CACHE" "$lock" && fail "a secret is in the cache or the lock" || pass "no secret is in the cache or the lock"
asked=$(grep -c 'GET /token' "$work/tokens.log" || true)
profile pack hello ">=1"
guarded
expect "a pack, with tokens for both of its places" 0 ew lock
is "the highest of both" "$(field version)" 3.0.0
EDGEWRIGHT_REGISTRY_OCI_PASSWORD=wrong expect "with a wrong password for the token service" 2 ew lock --upgrade
pass "$asked tokens were asked for at first, $(grep -c 'GET /token' "$work/tokens.log") in all"
unset EDGEWRIGHT_REGISTRY_OCI_USERNAME EDGEWRIGHT_REGISTRY_OCI_PASSWORD
finish
