#!/usr/bin/env bash
# Images of layers are asked for at a real registry (`lock --images`): digests of indexes and of platforms are those that crane sees,
# they stay in the lock when tags move, and are asked for anew only on request.
. "$(dirname "$0")/peer.bash"

installed go golang-go
go_peer() {
    [ -x "$peers/go/$1" ] || GOBIN=$peers/go GOFLAGS=-modcacherw go install "$2" >"$work/go" 2>&1 ||
        { cat "$work/go"; fail "$1 could not be built"; exit 1; }
}
go_peer crane github.com/google/go-containerregistry/cmd/crane@v0.22.1
go_peer registry github.com/distribution/distribution/v3/cmd/registry@v3.1.1
crane() { "$peers/go/crane" "$@"; }
export OTEL_TRACES_EXPORTER=none

port=$(free_port)
host=127.0.0.1:$port
cat >"$work/registry.yml" <<END
version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: $work/storage }, delete: { enabled: true } }
http: { addr: "127.0.0.1:$port", secret: not-a-secret }
END
"$peers/go/registry" serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
children+=($!)
answers "http://$host/v2/"

# One image for two platforms, under an index.
mkdir "$work/files"
echo hi >"$work/files/file"
tar -C "$work/files" -cf "$work/files.tar" .
push() { crane "$@" >"$work/push" 2>&1 || { cat "$work/push"; fail "crane $1"; exit 1; }; }
web=$host/edge/web
for arch in amd64 arm64; do
    push append --oci-empty-base -f "$work/files.tar" -t "$web:$arch"
    push mutate --set-platform "linux/$arch" -t "$web:$arch" "$web:$arch"
done
push index append -m "$web:amd64" -m "$web:arm64" -t "$web:1.0"

repository=$work/repository
pack=$repository/packs/web-1.0.0
mkdir -p "$repository/profiles/p" "$pack/manifests"
cat >"$repository/edgewright.yaml" <<END
apiVersion: edgewright/v1
kind: Workspace
metadata: { name: images }
spec: { registries: { packs: { type: directory, path: packs } } }
END
cat >"$pack/pack.json" <<END
{ "name": "web", "displayName": "Web", "version": "1.0.0", "layer": "addon", "addonType": "app services",
  "cloudTypes": ["all"], "kubeManifests": ["manifests/pod.yaml"] }
END
printf 'pack:\n  namespace: web\n  content:\n    images:\n    - image: %s:1.0\n' "$web" >"$pack/values.yaml"
cat >"$pack/manifests/pod.yaml" <<END
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
  - { name: web, image: "$web:amd64" }
  - { name: other, image: "$host/edge/gone:1" }
END
cat >"$repository/profiles/p/profile.yaml" <<END
apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: p, version: 1.0.0 }
spec:
  type: add-on
  cloud: all
  layers:
    - name: web
      pack: { name: web, version: 1.0.0, registry: packs }
END
lock=$repository/profiles/p/profile.lock
holds() { grep -q "$1: \"\?$2" "$lock" && pass "$3" || { cat "$lock"; fail "$3: $2"; }; }
unchanged() { cmp -s "$lock" "$work/first.lock" && pass "$1" || { diff "$lock" "$work/first.lock"; fail "$1"; }; }

expect "an image that is not there is told" 1 "$EDGEWRIGHT" -C "$repository" lock --images
holds digest "$(crane digest "$web:1.0")" "the others are resolved all the same"
sed -i '/gone:1/d' "$pack/manifests/pod.yaml"
expect "images are resolved" 0 "$EDGEWRIGHT" -C "$repository" lock --images
holds digest "$(crane digest "$web:1.0")" "the digest of an index is crane's"
holds linux/arm64 "$(crane digest "$web:arm64")" "the digest for a platform is crane's"
cp "$lock" "$work/first.lock"
expect "lock without asking" 0 "$EDGEWRIGHT" -C "$repository" lock
unchanged "it keeps the digests"

push mutate -l moved=yes -t "$web:amd64" "$web:amd64"
push index append -m "$web:amd64" -t "$web:1.0"
expect "lock --images where tags moved" 0 "$EDGEWRIGHT" -C "$repository" lock --images
unchanged "the lock stands"
expect "lock --images --upgrade" 0 "$EDGEWRIGHT" -C "$repository" lock --images --upgrade
holds digest "$(crane digest "$web:1.0")" "it asks anew"

kill "${children[0]}"
expect "lock --check without a registry" 0 "$EDGEWRIGHT" -C "$repository" lock --check
"$EDGEWRIGHT" -C "$repository" show p --images | grep -q "pod.yaml:6" && pass "images are shown with their lines" || fail "show --images"
finish
