#!/usr/bin/env python3
"""Renders the charts of packs with a real helm and writes their objects, one a file, until there are enough of them.

    benches/objects.py PACKS DIR --helm HELM [--objects 10000] [--kube-version 1.33.0]

Charts that do not render with their defaults are passed by and counted. Copies of an object have names of their own.
"""

import argparse
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def render(helm: str, version: str, chart: Path) -> str | None:
    command = [helm, "template", "bench", str(chart), "--namespace", "bench", "--kube-version", version]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packs", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--helm", required=True)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--kube-version", default="1.33.0")
    args = parser.parse_args()
    charts = sorted(args.packs.glob("*/charts/*.tgz"))
    with ThreadPoolExecutor(2) as pool:
        rendered = list(pool.map(lambda chart: render(args.helm, args.kube_version, chart), charts))
    objects = []
    for text in filter(None, rendered):
        try:
            documents = list(yaml.load_all(text, LOADER))
        except yaml.YAMLError:
            continue
        objects += [d for d in documents if isinstance(d, dict) and d.get("apiVersion") and d.get("kind")]
    # Definitions of custom resources are a class of their own: hundreds of kilobytes each.
    objects = [o for o in objects if o["kind"] != "CustomResourceDefinition" and isinstance(o.get("metadata"), dict)]
    failed = sum(text is None for text in rendered)
    args.folder.mkdir(parents=True)
    for number in range(args.objects):
        one = dict(objects[number % len(objects)])
        copy = number // len(objects)
        if copy:
            one["metadata"] = one["metadata"] | {"name": f"{one['metadata'].get('name', 'x')}-{copy}"}
        with open(args.folder / f"{number:05}-{one['kind'].lower()}.yaml", "w", encoding="utf-8") as out:
            yaml.dump(one, out, Dumper=DUMPER, sort_keys=False, width=1000)
    print(f"{len(charts)} charts, {failed} do not render with their defaults; {len(objects)} different objects")


if __name__ == "__main__":
    main()
