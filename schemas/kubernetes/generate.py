#!/usr/bin/env python3
"""Writes definitions.json.gz and descriptions.json.gz from the schemas in the wheel of `kubernetes-validate`.

Run it in this folder; pip downloads the wheel, whose digest is checked. The files are the same bytes on every run.
"""

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

VERSION = "1.37.0"
SHA256 = "85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9"
# What a validator needs; the rest is for merging and for people.
DROPPED = {
    "description", "x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "x-kubernetes-unions",
    "x-kubernetes-map-type", "x-kubernetes-list-type",
}  # fmt: skip
MEMBER = re.compile(r".*/v1\.(\d+)\.0-local-strict/_definitions\.json$")


def wheel() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"kubernetes-validate=={VERSION}"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, wanted]
        subprocess.run(pip, check=True)
        (path,) = Path(folder).glob("*.whl")
        data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        sys.exit(f"the wheel has the digest {found}, not {SHA256}")
    return data


def lean(schema):
    """A schema without what judges nothing; properties keep their names, whatever they are."""
    out = {}
    for key, value in schema.items():
        if key in DROPPED:
            continue
        if key == "properties":
            value = {name: lean(child) for name, child in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            value = lean(value)
        elif key in ("oneOf", "anyOf", "allOf"):
            value = [lean(child) for child in value]
        elif key == "$ref":
            value = value.removeprefix("#/$defs/")
        elif key == "x-kubernetes-group-version-kind" and len(value) > 1:
            continue
        out[key] = value
    return out


def described(schema):
    """The descriptions in a schema: its own under the empty name, those of its properties under theirs."""
    out = {}
    if text := schema.get("description"):
        out[""] = text
    for name, child in schema.get("properties", {}).items():
        text = child.get("description")
        # These two say the same everywhere, and `status` is nothing that people write.
        if text and name not in ("apiVersion", "kind", "status"):
            out[name] = text
    return out


def written(name: str) -> bool:
    """Whether people write such a thing, and not only read it."""
    return not re.search(r"(List|Status|Condition)$", name)


def write(name: str, value) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    Path(name).write_bytes(buffer.getvalue())
    print(f"{name}: {len(text):,} bytes of JSON, {len(buffer.getvalue()):,} stored")


def main() -> None:
    minors = {}
    with zipfile.ZipFile(io.BytesIO(wheel())) as archive:
        for member in archive.namelist():
            if match := MEMBER.match(member):
                minors[int(match[1])] = json.loads(archive.read(member))["$defs"]
    order = sorted(minors)
    definitions, index, names = [], {}, {}
    for place, minor in enumerate(order):
        for name, schema in sorted(minors[minor].items()):
            text = json.dumps(lean(schema), sort_keys=True)
            if text not in index:
                index[text] = len(definitions)
                definitions.append(json.loads(text))
            # One number a minor: which of the definitions it is there, -1 where the minor has none of this name.
            names.setdefault(name, [-1] * len(order))[place] = index[text]
    write("definitions.json.gz", {"minors": order, "names": names, "definitions": definitions})
    newest = minors[order[-1]]
    write("descriptions.json.gz", {name: described(schema) for name, schema in newest.items() if written(name)})


main()
