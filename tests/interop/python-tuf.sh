#!/usr/bin/env bash
# The published tree read by python-tuf, the reference implementation of TUF: metadata, delegations and every target, over HTTP.
. "$(dirname "$0")/peer.bash"

installed python3 python3
venv=$peers/tuf
if ! "$venv/bin/python" -c 'import tuf' 2>/dev/null; then
    python3 -m venv "$venv" 2>/dev/null || { installed python3-venv python3-venv; python3 -m venv "$venv"; }
    "$venv/bin/pip" install --quiet tuf==7.0.1 >"$work/pip" 2>&1 || { cat "$work/pip"; fail "tuf could not be installed"; exit 1; }
fi

sample "$work/repository"
expect "build" 0 "$EDGEWRIGHT" -C "$work/repository" build --output "$work/tree"
port=$(free_port)
python3 -m http.server "$port" --bind 127.0.0.1 --directory "$work/tree" >"$work/http" 2>&1 &
children+=("$!")
answers "http://127.0.0.1:$port/metadata/timestamp.json"

cat >"$work/client.py" <<'EOF'
import hashlib, json, sys, tempfile
from pathlib import Path
from tuf.ngclient import Updater

url, tree = sys.argv[1], Path(sys.argv[2])
verdicts = []


def verdict(ok, what):
    print(("PASS  " if ok else "FAIL  ") + what)
    verdicts.append(ok)


def client():
    store = Path(tempfile.mkdtemp())
    return Updater(
        str(store), f"{url}/metadata/", str(store), f"{url}/targets/", bootstrap=(tree / "metadata/1.root.json").read_bytes()
    )


updater = client()
updater.refresh()
verdict(True, "python-tuf refreshes from 1.root.json")

names = [
    "epochs.json",
    "assignments/root.json",
    "profiles/k3s-store.json",
    "profiles/observability.json",
    "profiles/system/store-base.json",
    "profiles/retail/point-of-sale.json",
    "profiles/retail/virtual-machines.json",
]
for name in names:
    info = updater.get_targetinfo(name)
    if info is None:
        verdict(False, f"{name} is a target")
        continue
    document = json.loads(Path(updater.download_target(info)).read_bytes())
    verdict(document.get("schemaVersion") == 1, f"{name} is downloaded through its delegation")
    for version, release in document.get("releases", {}).items():
        blob = release["descriptor"]
        digest = blob["sha256"]
        stored = (tree / f"blobs/sha256/{digest[:2]}/{digest}").read_bytes()
        good = hashlib.sha256(stored).hexdigest() == digest and len(stored) == blob["size"]
        verdict(good, f"{name}: {version} has its descriptor")

verdict(updater.get_targetinfo("profiles/retail/nothing.json") is None, "a target that nobody signed is not found")
info = updater.get_targetinfo("site/SHA256SUMS")
verdict(info is not None, "the catalog's SHA256SUMS is a target")
if info is not None:
    lines = Path(updater.download_target(info)).read_text().splitlines()
    wrong = [line for line in lines if hashlib.sha256((tree / line[66:]).read_bytes()).hexdigest() != line[:64]]
    verdict(lines and not wrong, f"SHA256SUMS vouches for {len(lines)} files")

# What was changed on the host is refused.
root = next((tree / "targets/profiles").glob("*.k3s-store.json"))
root.write_bytes(root.read_bytes().replace(b"1.2.0", b"1.2.1", 1))
try:
    updater = client()
    updater.refresh()
    updater.download_target(updater.get_targetinfo("profiles/k3s-store.json"))
    verdict(False, "a changed target is refused")
except Exception as error:
    verdict(True, f"a changed target is refused ({type(error).__name__})")
sys.exit(0 if all(verdicts) else 1)
EOF
if ! "$venv/bin/python" "$work/client.py" "http://127.0.0.1:$port" "$work/tree" 2>"$work/errors"; then
    tail -5 "$work/errors"
    fail "python-tuf does not agree"
fi
finish
