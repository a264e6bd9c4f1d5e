#!/usr/bin/env bash
# Charts signed by `helm package --sign` with keys that GnuPG makes here: where a registry has a keyring, `lock` writes the
# signer down, and refuses what `helm verify` refuses.
. "$(dirname "$0")/peer.bash"

installed go golang-go
installed gpg gnupg
helm=$peers/go/helm
[ -x "$helm" ] || GOBIN=$peers/go GOFLAGS=-modcacherw go install helm.sh/helm/v4/cmd/helm@v4.2.4 >"$work/go" 2>&1 ||
    { cat "$work/go"; fail "helm could not be built"; exit 1; }

export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
key() { gpg --batch --quiet --passphrase '' --pinentry-mode loopback --quick-generate-key "$@" 2>>"$work/gpg"; }
key "Ada <ada@example.org>" rsa2048 sign never
key "Eve <eve@example.org>" rsa2048 sign never
key "Ed <ed@example.org>" ed25519 sign never
gpg --batch --export-secret-keys >"$work/secret.gpg"
for name in ada eve ed; do gpg --batch --export "$name@example.org" >"$work/$name.gpg"; done
gpg --batch --armor --export ada@example.org >"$work/ada.asc"
fingerprint=$(gpg --batch --with-colons --fingerprint ada@example.org | awk -F: '$1 == "fpr" { print $10; exit }')

"$helm" create "$work/demo" >/dev/null
charts=$work/repository/charts
mkdir -p "$charts" "$work/repository/profiles/demo"
package() { "$helm" package "$work/demo" --destination "$charts" "$@" >/dev/null; }
package --version 1.0.0 --sign --key Ada --keyring "$work/secret.gpg"
package --version 1.1.0 --sign --key Eve --keyring "$work/secret.gpg"
package --version 1.2.0
package --version 1.3.0 --sign --key Ed --keyring "$work/secret.gpg"
"$helm" repo index "$charts"

repository=$work/repository
cat >"$repository/profiles/demo/profile.yaml" <<END
apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: demo, version: 1.0.0 }
spec:
  type: add-on
  cloud: all
  layers:
    - { name: demo, chart: { name: demo, version: 1.0.0, registry: charts } }
END
keyring() {
    cat >"$repository/edgewright.yaml" <<END
apiVersion: edgewright/v1
kind: Workspace
metadata: { name: provenance }
spec: { registries: { charts: { type: helm, url: charts, keyring: "$1" } } }
END
}
version() { sed -i -E "s/version: [0-9.]+, registry/version: $1, registry/" "$repository/profiles/demo/profile.yaml"; rm -f "$lock"; }
lock=$repository/profiles/demo/profile.lock
says() { grep -q "$1" "$work/output" && pass "… and says: $1" || { cat "$work/output"; fail "it does not say: $1"; }; }

keyring "$work/ada.gpg"
expect "helm verify: signed by Ada" 0 "$helm" verify "$charts/demo-1.0.0.tgz" --keyring "$work/ada.gpg"
expect "lock: signed by Ada" 0 "$EDGEWRIGHT" -C "$repository" lock
grep -q "fingerprint: \"\?$fingerprint" "$lock" && grep -q 'signer: Ada <ada@example.org>' "$lock" &&
    pass "the lock names the signer and $fingerprint" || { cat "$lock"; fail "the lock does not name the signer"; }
cp "$lock" "$work/first.lock"
expect "lock again" 0 "$EDGEWRIGHT" -C "$repository" lock
cmp -s "$lock" "$work/first.lock" && pass "the same lock again" || fail "two locks differ"
expect "lock --check" 0 "$EDGEWRIGHT" -C "$repository" lock --check
keyring "$work/ada.asc"
rm "$lock"
expect "lock with an armoured keyring" 0 "$EDGEWRIGHT" -C "$repository" lock
keyring "$work/eve.gpg"
expect "the locked signer is no longer believed: another keyring makes the lock stale" 1 "$EDGEWRIGHT" -C "$repository" lock --check
expect "lock: a signer who left the keyring is refused" 3 "$EDGEWRIGHT" -C "$repository" lock
says "no longer in the keyring"

keyring "$work/ada.gpg"
version 1.1.0
expect "helm verify: signed by Eve, whom nobody knows" 1 "$helm" verify "$charts/demo-1.1.0.tgz" --keyring "$work/ada.gpg"
expect "lock: signed by Eve" 3 "$EDGEWRIGHT" -C "$repository" lock
says "no key of the keyring made its signature"
[ ! -e "$lock" ] && pass "nothing was written" || fail "a lock was written"
version 1.2.0
expect "helm verify: not signed" 1 "$helm" verify "$charts/demo-1.2.0.tgz" --keyring "$work/ada.gpg"
expect "lock: not signed" 3 "$EDGEWRIGHT" -C "$repository" lock
says "without a provenance file"
keyring "$work/ed.gpg"
version 1.3.0
expect "helm verify: signed with Ed25519" 0 "$helm" verify "$charts/demo-1.3.0.tgz" --keyring "$work/ed.gpg"
expect "lock: signed with Ed25519" 0 "$EDGEWRIGHT" -C "$repository" lock

# The archive is changed, and the index with it: the signature is over the old one.
keyring "$work/ada.gpg"
version 1.0.0
rm -rf "$EDGEWRIGHT_CACHE"
cp "$charts/demo-1.0.0.tgz.prov" "$work/good.prov"
package --version 1.0.0 --app-version evil
"$helm" repo index "$charts"
expect "helm verify: other bytes" 1 "$helm" verify "$charts/demo-1.0.0.tgz" --keyring "$work/ada.gpg"
expect "lock: other bytes" 3 "$EDGEWRIGHT" -C "$repository" lock
says "the signed digest is"
# The signed text is changed to fit.
sed "s/sha256:[0-9a-f]*/sha256:$(sha256sum "$charts/demo-1.0.0.tgz" | cut -d' ' -f1)/" "$work/good.prov" >"$charts/demo-1.0.0.tgz.prov"
expect "helm verify: other text" 1 "$helm" verify "$charts/demo-1.0.0.tgz" --keyring "$work/ada.gpg"
expect "lock: other text" 3 "$EDGEWRIGHT" -C "$repository" lock
says "the signed text was changed"
# A signed chart under the name of another version.
version 1.1.0
cp "$work/good.prov" "$charts/demo-1.1.0.tgz.prov"
expect "lock: the signature of another version" 3 "$EDGEWRIGHT" -C "$repository" lock
says "what is signed is demo 1.0.0, not demo 1.1.0"
keyring "$work/missing.gpg"
expect "a keyring that is not there" 2 "$EDGEWRIGHT" -C "$repository" lock
finish
