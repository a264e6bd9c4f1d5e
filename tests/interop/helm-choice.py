"""Generated chart repositories and constraints: makes them, and compares what helm and edgewright chose.

make FOLDER: charts/ (archives for `helm repo index`), pairs.tsv (chart, constraint).
compare FOLDER: reads helm.tsv (chart, constraint, version or empty) and the locks; prints what differs.
"""

import io
import json
import pathlib
import random
import re
import sys
import tarfile

CHARTS, CONSTRAINTS = 20, 16


def archive(path, name, version):
    text = f"apiVersion: v2\nname: {name}\nversion: {json.dumps(version)}\n".encode()
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        info = tarfile.TarInfo(f"{name}/Chart.yaml")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))


def some_version(rng):
    version = ".".join(str(rng.choice([0, 0, 1, 1, 2, 3, 10])) for _ in range(3))
    if rng.random() < 0.3:
        version += "-" + rng.choice(["alpha", "alpha.1", "beta.2", "beta.11", "rc.1", "0", "up.3", "5.5.2026"])
    if rng.random() < 0.1:
        version += "+" + rng.choice(["a", "b", "up7", "up10"])
    if rng.random() < 0.1:
        version = "v" + version
    return version


def some_constraint(rng, versions):
    def part():
        base = rng.choice(versions).lstrip("v").split("+")[0]
        if rng.random() < 0.4:
            base = ".".join(base.split("-")[0].split(".")[: rng.choice([1, 2])])
        if rng.random() < 0.15:
            base = base.split("-")[0].rsplit(".", 1)[0] + "." + rng.choice(["x", "*", "X"])
        return rng.choice(["", "", "^", "~", ">=", ">", "<", "<=", "=", "!=", "~>", "=>", "=<"]) + rng.choice(["", "", " "]) + base

    roll = rng.random()
    if roll < 0.06:
        return rng.choice(["*", ">0.0.0-0", "*-0", ">=0-0", "x"])
    if roll < 0.16:
        return rng.choice(versions)
    if roll < 0.22:
        return f"{rng.choice(versions).split('+')[0].split('-')[0]} - {rng.choice([1, 2, 3])}"
    count = rng.choice([1, 1, 1, 2])
    text = rng.choice([" ", ", "]).join(part() for _ in range(count))
    return text + (" || " + part() if rng.random() < 0.15 else "")


def make(folder):
    rng = random.Random(20260304)
    (folder / "charts").mkdir(parents=True)
    pairs = []
    for number in range(CHARTS):
        name = f"c{number}"
        versions = list(dict.fromkeys(some_version(rng) for _ in range(12)))
        # Helm cannot package a name twice: of equal texts there is one, of equal precedence there may be several.
        for version in versions:
            archive(folder / "charts" / f"{name}-{version}.tgz", name, version)
        chosen = dict.fromkeys(some_constraint(rng, versions).strip() for _ in range(CONSTRAINTS))
        pairs += [(name, constraint) for constraint in chosen]
    (folder / "pairs.tsv").write_text("".join(f"{name}\t{constraint}\n" for name, constraint in pairs))
    for index, (name, constraint) in enumerate(pairs):
        profile = folder / "profiles" / f"p{index}"
        profile.mkdir(parents=True)
        (profile / "profile.yaml").write_text(
            f"apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: p{index}, version: 1.0.0 }}\n"
            "spec:\n  type: add-on\n  cloud: all\n  layers:\n"
            f"    - {{ name: it, chart: {{ name: {name}, version: {json.dumps(constraint)}, registry: charts }} }}\n"
        )


def precedence(version):
    return version.lstrip("v").split("+")[0]


def compare(folder):
    same = none = ties = 0
    for index, line in enumerate((folder / "helm.tsv").read_text().splitlines()):
        name, constraint, helm = (line.split("\t") + [""])[:3]
        lock = folder / "profiles" / f"p{index}" / "profile.lock"
        found = re.search(r'^ +version: "?([^"\n]+)"?$', lock.read_text().split("layers:")[1], re.M) if lock.exists() else None
        ours = found.group(1) if found else ""
        if ours == helm:
            same += 1
            none += ours == ""
        elif ours and helm and precedence(ours) == precedence(helm):
            # Helm sorts with an unstable sort that does not look at build metadata: which of them comes first is chance.
            ties += 1
            print(f"TIE   {name} `{constraint}`: helm {helm}, edgewright {ours}")
        else:
            print(f"DIFF  {name} `{constraint}`: helm {helm or 'nothing'}, edgewright {ours or 'nothing'}")
    print(f"SAME  {same} ({none} of them nothing), {ties} differ in build metadata alone")


if __name__ == "__main__":
    {"make": make, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]))
