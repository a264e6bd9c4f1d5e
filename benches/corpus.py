#!/usr/bin/env python3
"""Counts what `edgewright check` finds in real packs and profiles, by rule: what a change of the rules does to people.

    benches/corpus.py EDGEWRIGHT CORPUS [CODE]

CORPUS has `palette/packs` (folders in pack-central's layout) and `palette/profiles` (exports). Three things are judged: the
packs as a registry's own CI would, a repository with a profile for each add-on pack (with the pack's defaults), and the
exported profiles. With a CODE (or the beginning of one) its findings are listed instead of counted.
"""

import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile


def findings(edgewright, *arguments, cwd):
    run = subprocess.run(
        [edgewright, *arguments, "--format", "json"], cwd=cwd, capture_output=True, text=True, check=False
    )
    if run.returncode not in (0, 1):
        sys.exit(f"edgewright {' '.join(arguments)}: exit code {run.returncode}\n{run.stderr}")
    return json.loads(run.stdout)


def repository(edgewright, packs, root):
    """A repository whose registry holds the packs, with one profile for each that is an add-on."""
    shutil.copytree(packs, root / "packs")
    (root / "edgewright.yaml").write_text(
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: corpus }\n"
        "spec:\n  registries:\n    packs: { type: directory, path: packs }\n"
    )
    count = 0
    for folder in sorted((root / "packs").iterdir()):
        pack = json.loads((folder / "pack.json").read_text())
        if pack.get("layer") != "addon":
            continue
        name = "".join(c if c.isalnum() else "-" for c in folder.name.lower()).strip("-")
        home = root / "profiles" / name
        home.mkdir(parents=True)
        (home / "README.md").write_text("One pack with its defaults.\n")
        (home / "profile.yaml").write_text(
            "apiVersion: edgewright/v1\nkind: ClusterProfile\n"
            f"metadata: {{ name: {name}, version: 1.0.0, description: One pack }}\n"
            "spec:\n  type: add-on\n  cloud: all\n  layers:\n"
            f"    - name: {name}\n"
            f"      pack: {{ name: \"{pack['name']}\", version: \"{pack['version']}\", registry: packs }}\n"
        )
        count += 1
    subprocess.run([edgewright, "lock", "--quiet"], cwd=root, capture_output=True, check=False)
    return count


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    edgewright = str(pathlib.Path(sys.argv[1]).resolve())
    corpus = pathlib.Path(sys.argv[2]).resolve() / "palette"
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        count = repository(edgewright, corpus / "packs", root)
        reports = {
            "packs": findings(edgewright, "check", "packs", cwd=corpus),
            f"{count} profiles": findings(edgewright, "check", "profiles", cwd=root),
            "exports": findings(edgewright, "check", "profiles", cwd=corpus),
        }
    if len(sys.argv) == 4:
        for of, report in reports.items():
            for f in report["findings"]:
                if f["code"].startswith(sys.argv[3].upper()):
                    at = f["range"]["start"]
                    print(f"{of}: {f['path']}:{at['line']}:{at['column']}: {f['severity']} {f['code']} {f['message']}")
        return
    table = collections.defaultdict(collections.Counter)
    names = {}
    for of, report in reports.items():
        for f in report["findings"]:
            key = (f["code"], f["severity"])
            names[key] = f["name"]
            table[key][of] += 1
    print("| Code | Severity | Name | " + " | ".join(reports) + " |")
    print("|---|---|---|" + "---:|" * len(reports))
    for key in sorted(table):
        cells = " | ".join(str(table[key][of]) for of in reports)
        print(f"| {key[0]} | {key[1]} | {names[key]} | {cells} |")
    for of, report in reports.items():
        print(f"{of}: {json.dumps(report['summary'])}")


main()
