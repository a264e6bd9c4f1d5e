#!/usr/bin/env python3
"""Helm repositories, an umbrella chart and a workspace that want the same 63 charts of them: the same bytes every time.

    repositories.py DIR --url URL

DIR/served is what a web server at URL serves: r1 to r5 with 3,000 entries each, and `big` with 30,000 entries (25 MB).
DIR/umbrella and DIR/profiles want 63 charts of r1 to r5, DIR/umbrella-big and DIR/profiles-big one chart of `big`.
"""

import argparse
import gzip
import hashlib
import io
import tarfile
from pathlib import Path

ENTRY = """  - annotations:
      category: Infrastructure
      licenses: Apache-2.0
    apiVersion: v2
    appVersion: {version}
    created: "2026-01-02T03:04:05.123456789Z"
    dependencies:
    - name: common
      repository: oci://registry.example.org/charts
      tags:
      - common-part
      version: 2.x.x
    description: "{name} is what a benchmark installs: nothing, but at length"
    digest: {digest}
    icon: https://example.org/img/{name}.png
    keywords:
    - {name}
    - benchmark
    kubeVersion: '>=1.23.0-0'
    maintainers:
    - name: Example, Inc.
      url: https://github.com/example/charts
    name: {name}
    sources:
    - https://example.org/charts/{name}
    type: application
    urls:
    - {url}
    version: {version}
"""

VALUES = "".join(f"# What option {n} is for is told here.\noption{n}: {n}\n" for n in range(200))
TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  option: {{ .Values.option1 | quote }}
"""


def archive(name, version):
    """A chart as `helm package` writes it, but with no time in it."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as out:
        chart = f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: {version}\nkubeVersion: '>=1.23.0-0'\n"
        for path, text in (("Chart.yaml", chart), ("values.yaml", VALUES), ("templates/configmap.yaml", TEMPLATE)):
            data = text.encode()
            info = tarfile.TarInfo(f"{name}/{path}")
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    return gzip.compress(tar.getvalue(), mtime=0)


def repository(folder, charts, versions, wanted):
    """An index of `charts` charts in `versions` versions; the newest 1.x of the first `wanted` charts is really there."""
    folder.mkdir(parents=True)
    with open(folder / "index.yaml", "w") as index:
        index.write("apiVersion: v1\nentries:\n")
        for chart in range(charts):
            name = f"{folder.name}-chart-{chart:04}"
            index.write(f"  {name}:\n")
            for number in reversed(range(versions)):
                # Ten of each major version, and a newer major version that `^1` does not take.
                version = f"{number // 10}.{number % 10}.0"
                url, digest = f"{name}-{version}.tgz", hashlib.sha256(f"{name} {version}".encode()).hexdigest()
                if chart < wanted and version == "1.9.0":
                    data = archive(name, version)
                    (folder / url).write_bytes(data)
                    digest = hashlib.sha256(data).hexdigest()
                index.write(ENTRY.format(name=name, version=version, url=url, digest=digest))
        index.write('generated: "2026-01-02T03:04:05.123456789Z"\n')


def consumers(folder, suffix, url, wanted):
    """An umbrella chart for Helm and a workspace for edgewright, which want the same."""
    umbrella = folder / f"umbrella{suffix}"
    umbrella.mkdir()
    names = [(repo, f"{repo}-chart-{chart:04}") for repo, count in wanted for chart in range(count)]
    with open(umbrella / "Chart.yaml", "w") as out:
        out.write("apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n")
        for repo, name in names:
            out.write(f'- name: {name}\n  version: "^1.0"\n  repository: {url}/{repo}\n')
    profile = folder / f"profiles{suffix}" / "profiles" / "umbrella"
    profile.mkdir(parents=True)
    with open(profile.parent.parent / "edgewright.yaml", "w") as out:
        out.write("apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: bench }\nspec:\n  registries:\n")
        for repo, _ in wanted:
            out.write(f'    {repo}: {{ type: helm, url: "{url}/{repo}" }}\n')
    with open(profile / "profile.yaml", "w") as out:
        out.write("apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: { name: umbrella, version: 1.0.0 }\n")
        out.write("spec:\n  type: add-on\n  cloud: all\n  layers:\n")
        for repo, name in names:
            chart = f'chart: {{ name: {name}, version: "^1.0", registry: {repo} }}'
            out.write(f"    - {{ name: {name}, {chart}, namespace: bench }}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", required=True)
    args = parser.parse_args()
    wanted = [("r1", 13), ("r2", 13), ("r3", 13), ("r4", 12), ("r5", 12)]
    for name, count in wanted:
        repository(args.folder / "served" / name, charts=100, versions=30, wanted=count)
    repository(args.folder / "served" / "big", charts=600, versions=50, wanted=1)
    consumers(args.folder, "", args.url, wanted)
    consumers(args.folder, "-big", args.url, [("big", 1)])


if __name__ == "__main__":
    main()
