#!/usr/bin/env python3
"""Writes a profile repository of a given size: the same bytes for the same arguments.

    benches/generate.py DIR [--profiles 1000] [--layers 10] [--packs 50] [--appliances 1000]

Every profile is an add-on with LAYERS layers: packs with a chart, taken round robin, and one layer of manifests. Profiles are
spread over projects of fifty. Values refer to variables and macros, so that nothing in it is free.
"""

import argparse
import gzip
import io
import json
import tarfile
from pathlib import Path

# One transparent pixel.
LOGO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63640000000600023081d02f"
    "0000000049454e44ae426082"
)

CHART_VALUES = """\
image:
  repository: registry.example.org/bench/{name}
  tag: "{version}"
replicas: 1
port: 8080
host: ""
resources:
  requests:
    cpu: 50m
    memory: 64Mi
settings:
{settings}
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: { app: {{ .Chart.Name }} }
  template:
    metadata:
      labels: { app: {{ .Chart.Name }} }
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          ports: [{ name: http, containerPort: {{ .Values.port }} }]
          resources: {{- toYaml .Values.resources | nindent 12 }}
"""

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  {{- range $key, $value := .Values.settings }}
  {{ $key }}: {{ $value | quote }}
  {{- end }}
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def archive(name: str, files: dict[str, str]) -> bytes:
    """A gzipped tar that depends on nothing but its files."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as out:
        for path in sorted(files):
            entry = tarfile.TarInfo(f"{name}/{path}")
            content = files[path].encode()
            entry.size, entry.mode = len(content), 0o644
            out.addfile(entry, io.BytesIO(content))
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as out:
        out.write(tar.getvalue())
    return packed.getvalue()


def indent(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


def pack(root: Path, number: int) -> None:
    name, version = f"pack-{number:03}", f"1.{number % 7}.0"
    folder = root / "packs" / f"{name}-{version}"
    settings = "".join(f"  key{n:02}: value {n} of {name}\n" for n in range(40)).rstrip("\n")
    values = CHART_VALUES.format(name=name, version=version, settings=settings)
    meta = f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: {version}\ndescription: Bench chart {number}\n"
    files = {"Chart.yaml": meta, "values.yaml": values, "templates/deployment.yaml": DEPLOYMENT, "templates/config.yaml": CONFIG}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "charts").mkdir(exist_ok=True)
    (folder / "charts" / f"{name}-{version}.tgz").write_bytes(archive(name, files))
    write(
        folder / "pack.json",
        json.dumps(
            {
                "name": name,
                "displayName": f"Pack {number}",
                "version": version,
                "layer": "addon",
                "addonType": "app services",
                "cloudTypes": ["all"],
                "charts": [f"charts/{name}-{version}.tgz"],
                "annotations": {"source": "bench"},
            },
            indent=2,
        )
        + "\n",
    )
    write(
        folder / "values.yaml",
        f"pack:\n  namespace: {name}\n  content:\n    images:\n"
        f"      - image: registry.example.org/bench/{name}:{version}\n\ncharts:\n  {name}:\n" + indent(values, 4),
    )
    (folder / "logo.png").write_bytes(LOGO)
    write(folder / "README.md", f"# Pack {number}\n\n" + "A paragraph of text about this pack.\n\n" * 8)


def profile(root: Path, number: int, layers: int, packs: int) -> str:
    name, project = f"profile-{number:04}", f"project-{number // 50:03}"
    folder = root / "profiles" / project / name
    lines = [
        "apiVersion: edgewright/v1",
        "kind: ClusterProfile",
        "metadata:",
        f"  name: {name}",
        f"  displayName: Profile {number}",
        f"  version: 1.{number % 10}.{number % 4}",
        f"  description: Bench profile {number}",
        f"  tags: {{ bench: \"\", tier: t{number % 5} }}",
        "  scope: project",
        f"  project: {project}",
        f"  owners: [team-{number % 12}]",
        "spec:",
        "  type: add-on",
        "  cloud: all",
        "  variables:",
        "    - { name: host, default: app.example.org }",
        "    - { name: replicas, format: number, default: 2 }",
        "    - { name: network, format: ipv4cidr, default: 10.20.0.0/16 }",
        "  layers:",
    ]
    for n in range(layers - 1):
        which = (number * 3 + n) % packs
        lines += [f"    - name: layer-{n:02}", f'      pack: {{ name: pack-{which:03}, version: ">=1.0", registry: packs }}']
        lines.append(f"      values: values/layer-{n:02}.yaml")
        write(
            folder / "values" / f"layer-{n:02}.yaml",
            f"# Values of layer {n}\ncharts:\n  pack-{which:03}:\n    replicas: ${{{{ var.replicas }}}}\n"
            f'    host: "{{{{ .spectro.var.host }}}}"\n    settings:\n      key03: changed by profile {number}\n'
            f'      key07: "{{{{ .spectro.macro.region }}}}"\n',
        )
    lines += ["    - name: objects", "      manifests: [manifests/objects.yaml]"]
    write(
        folder / "manifests" / "objects.yaml",
        "".join(
            f"---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}-{n}\n  namespace: default\n"
            f'data:\n  network: "{{{{ .spectro.var.network }}}}"\n'
            for n in range(3)
        ),
    )
    write(folder / "profile.yaml", "\n".join(lines) + "\n")
    write(folder / "README.md", f"# Profile {number}\n\n" + "What this profile is for, in a few words.\n\n" * 5)
    return f"{project}/{name}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--profiles", type=int, default=1000)
    parser.add_argument("--layers", type=int, default=10)
    parser.add_argument("--packs", type=int, default=50)
    parser.add_argument("--appliances", type=int, default=1000)
    args = parser.parse_args()
    root = args.folder
    if root.exists() and any(root.iterdir()):
        parser.error(f"{root} is not empty")

    write(
        root / "edgewright.yaml",
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata:\n  name: bench\nspec:\n  registries:\n    packs:\n"
        "      type: directory\n      path: packs\n  macros:\n    tenant:\n      region: somewhere\n"
        '  kubernetes:\n    versions: ["1.33"]\n',
    )
    for number in range(args.packs):
        pack(root, number)
    ids = [profile(root, number, args.layers, args.packs) for number in range(args.profiles)]
    for number in range(args.appliances):
        # Three add-ons each, on a Kubernetes of somebody else.
        mine = sorted({ids[(number * 7 + n * 11) % len(ids)] for n in range(3)})
        lines = "".join(f"    - {{ id: {one}, channel: stable }}\n" for one in mine)
        write(
            root / "appliances" / f"a{number // 100:03}" / f"store-{number:05}.yaml",
            "apiVersion: edgewright/v1\nkind: Appliance\nmetadata:\n"
            f"  name: store-{number:05}\n  labels: {{ region: r{number % 9} }}\nspec:\n  kubernetes: provided\n  profiles:\n{lines}",
        )


if __name__ == "__main__":
    main()
