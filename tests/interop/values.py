"""Compares values that `edgewright render` merges with what Helm makes of the same sources. See values.sh.

Helm's side is Helm's merging alone: a chart `pack` with a subchart `charts` with a subchart for the pack's chart, whose template
prints its values; the pack's values, the preset's and the layer's are given with -f. Our side is one file with -f.
"""

import copy
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile

import yaml

edgewright, helm, work, *packs = sys.argv[1:]
work = pathlib.Path(work)


def chart(folder, name, values):
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {json.dumps(name)}\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text(values)
    (folder / "templates/values.yaml").write_text('{{ dict "chart" .Chart.Name "values" .Values | toJson }}\n')


def printed(folder, name, files):
    command = [helm, "template", "release", str(folder)]
    for file in files:
        command += ["-f", str(file)]
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode:
        raise ValueError(found.stderr.strip())
    for document in yaml.safe_load_all(found.stdout):
        if document and document.get("chart") == name:
            values = document["values"] or {}
            # Helm gives subcharts globals, if only none.
            if not values.get("global"):
                values.pop("global", None)
            return values
    raise ValueError("nothing was printed")


def leaves(values, path=()):
    for key, value in (values or {}).items():
        if isinstance(value, dict) and value:
            yield from leaves(value, path + (key,))
        else:
            yield path + (key,), value


def put(values, path, value):
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value


def same(theirs, ours):
    """References are written in one form, and those to packs are replaced: Helm knows neither."""
    if isinstance(theirs, str) and isinstance(ours, str) and ".spectro." in theirs:
        return ".spectro.pack." in theirs or theirs.replace(" ", "") == ours.replace(" ", "")
    return theirs == ours


def own_values(name, defaults, of_chart):
    """Overrides of every kind: a null over a value of the pack and over one of the chart, other types, a list, new keys."""
    own = {}
    for number, (path, value) in enumerate(leaves(defaults)):
        new = [None, "text", ["a", None], {"new": {"key": None, "other": 1}}, 1.5, {}, False][number % 7]
        if number % 2 == 0 and all(isinstance(key, str) for key in path):
            put(own, path, new)
    for number, (path, value) in enumerate(leaves(of_chart)):
        # Helm hands globals of a chart above down as they are: here there is one above, on the appliance there is none.
        if number % 3 == 0 and path[0] != "global" and all(isinstance(key, str) for key in path):
            try:
                put(own, path, None)
            except (TypeError, AttributeError):
                pass
    return {"charts": {name: own}, "pack": {"namespace": "tried"}}


def remove(values, path):
    parts = path.split(".")
    for end in range(1, len(parts) + 1):
        key = ".".join(parts[:end])
        if isinstance(values, dict) and key in values:
            if end == len(parts):
                del values[key]
            else:
                remove(values[key], ".".join(parts[end:]))
            return


def layers(pack, metadata):
    yield "defaults", {}, None, []
    presets = pack / "presets.yaml"
    found = yaml.safe_load(presets.read_text()) if presets.exists() else None
    for preset in (found or {}).get("presets") or []:
        choice = {preset["group"]: preset["name"]}
        yield f"preset {preset['name']}", choice, preset.get("add") or "", preset.get("remove") or []


def archive_values(path, name):
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            parts = pathlib.PurePath(member.name).parts
            if parts[1:] == ("values.yaml",):
                return archive.extractfile(member).read().decode()
    return ""


tried = failed = 0
for pack in map(pathlib.Path, packs):
    metadata = json.loads((pack / "pack.json").read_text())
    charts = [path for path in metadata.get("charts") or [] if (pack / path).exists()]
    if not charts or not (pack / "values.yaml").exists():
        continue
    text = (pack / "values.yaml").read_text()
    values = yaml.safe_load(text) or {}
    for index, path in enumerate(charts):
        with tarfile.open(pack / path) as archive:
            first = [m for m in archive.getmembers() if pathlib.PurePath(m.name).parts[1:] == ("Chart.yaml",)]
            name = yaml.safe_load(archive.extractfile(first[0]).read())["name"]
        defaults_text = archive_values(pack / path, name)
        try:
            defaults = yaml.safe_load(defaults_text) or {}
        except yaml.YAMLError:
            defaults = {}
        of_pack = ((values.get("charts") or {}).get(name)) or {}
        if not isinstance(of_pack, dict):
            continue
        for what, presets, add, removed in layers(pack, metadata):
            for own in [None, own_values(name, of_pack, defaults)]:
                label = f"{pack.name} {name}: {what}{', own values' if own else ''}"
                shutil.rmtree(work, ignore_errors=True)
                repository = work / "repository"
                (repository / "profiles/p").mkdir(parents=True)
                shutil.copytree(pack, repository / "packs/pack")
                (repository / "edgewright.yaml").write_text(
                    "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: w }\n"
                    "spec: { registries: { packs: { type: directory, path: packs } } }\n"
                )
                layer = {
                    "name": "layer",
                    "pack": {"name": metadata["name"], "version": str(metadata["version"]), "registry": "packs"},
                    "presets": presets,
                }
                files = []
                source = work / "pack-values.yaml"
                if removed:
                    left = copy.deepcopy(values)
                    for dotted in removed:
                        remove(left, dotted)
                    source.write_text(json.dumps(left))
                else:
                    source.write_text(text)
                files.append(source)
                if add:
                    (work / "preset.yaml").write_text(add)
                    files.append(work / "preset.yaml")
                if own:
                    (repository / "profiles/p/own.yaml").write_text(json.dumps(own))
                    layer["values"] = "own.yaml"
                    files.append(repository / "profiles/p/own.yaml")
                profile = {
                    "apiVersion": "edgewright/v1",
                    "kind": "ClusterProfile",
                    "metadata": {"name": "p", "version": "1.0.0"},
                    "spec": {"type": "add-on", "cloud": "all", "layers": [layer]},
                }
                (repository / "profiles/p/profile.yaml").write_text(json.dumps(profile))
                out = work / "out"
                ours = subprocess.run(
                    [edgewright, "-C", str(repository), "render", "p", "--references", "--values", "--output", str(out.resolve())],
                    capture_output=True,
                    text=True,
                )
                tried += 1
                try:
                    # A layer that a preset brings may not be here; this one is.
                    if not list(out.glob(f"*/charts/{index:02}-*.values.yaml")):
                        raise ValueError(ours.stderr.strip())
                    rendered = sorted(out.glob(f"*/charts/{index:02}-*.values.yaml"))[0]
                    chart(work / "alone", name, defaults_text)
                    chart(work / "pack", "pack", "")
                    chart(work / "pack/charts/charts", "charts", "")
                    chart(work / f"pack/charts/charts/charts/{name}", name, defaults_text)
                    a = printed(work / "alone", name, [rendered])
                    b = printed(work / "pack", name, files)
                except (ValueError, IndexError) as error:
                    failed += 1
                    print(f"{label}: {error}")
                    continue
                theirs, mine = dict(leaves(b)), dict(leaves(a))
                if theirs.keys() != mine.keys() or not all(same(theirs[path], mine[path]) for path in theirs):
                    failed += 1
                    print(f"{label}: differs")
                    for path in sorted(set(theirs) | set(mine), key=str):
                        if not same(theirs.get(path, "absent"), mine.get(path, "absent")):
                            print(f"  {'.'.join(map(str, path))}: Helm {theirs.get(path, 'absent')!r}, we {mine.get(path, 'absent')!r}")
print(f"{tried} compared, {failed} differ")
sys.exit(1 if failed or not tried else 0)
