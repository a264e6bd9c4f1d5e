#!/usr/bin/env python3
"""Writes a repository of profiles of 62 lines: the same bytes for the same arguments.

    benches/profiles.py DIR [--profiles 10000] [--invalid 500] [--packs 20]

Each profile has four layers of packs with inline values, one of manifests, and three variables. INVALID of them, evenly
spread, have one fault that their JSON Schema sees: five kinds of it in turn.
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from generate import pack, write  # noqa: E402

VALUES = """\
      values:
        charts:
          {pack}:
            replicas: ${{{{ var.replicas }}}}
            settings:
              key03: "{text}"
"""


def profile(number: int, packs: int, fault: int | None) -> str:
    """The text of one profile; `fault` is one of five, or none."""
    version = "1.0" if fault == 0 else f"1.{number % 10}.{number % 4}"
    kind = "addon" if fault == 1 else "add-on"
    cloud = "7" if fault == 2 else "all"
    lines = [
        "apiVersion: edgewright/v1",
        "kind: ClusterProfile",
        "metadata:",
        f"  name: profile-{number:06}",
        f"  displayName: Profile {number}",
        f"  version: {version}",
        f"  description: What profile {number} is for",
        "  tags:",
        f"    tier: t{number % 5}",
        "  owners:",
        f"    - team-{number % 12}",
        "spec:",
        f"  type: {kind}",
        f"  cloud: {cloud}",
        "  variables:",
        "    - name: host",
        "      default: app.example.org",
        "      required: true",
        "    - name: replicas",
        "      format: number",
        "      default: 2",
        "    - name: region",
        "      regex: '[a-z]+'",
        "      default: east",
    ]
    if fault == 3:
        lines.append("      requried: true")
    lines.append("  layers:")
    for n in range(4):
        which = f"pack-{(number * 3 + n) % packs:03}"
        lines += [f"    - name: layer-{n}", "      pack:", f"        name: {which}", '        version: ">=1.0"']
        if n == 0:
            lines.append("        registry: packs")
        if not (fault == 4 and n == 3):
            text = "{{ .spectro.var.host }}" if n == 0 else "{{ .spectro.var.region }}"
            lines += VALUES.format(pack=which, text=text).splitlines()[: 6 if n < 3 else 3]
            if n == 3:
                lines.append("            replicas: 3")
        else:
            lines.append("      values: 3")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--invalid", type=int, default=500)
    parser.add_argument("--packs", type=int, default=20)
    args = parser.parse_args()
    root = args.folder
    if root.exists() and any(root.iterdir()):
        parser.error(f"{root} is not empty")
    write(
        root / "edgewright.yaml",
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata:\n  name: bench\nspec:\n  registries:\n    packs:\n"
        "      type: directory\n      path: packs\n",
    )
    for number in range(args.packs):
        pack(root, number)
    every = args.profiles // args.invalid if args.invalid else 0
    for number in range(args.profiles):
        broken = every and number % every == every // 2 and number // every < args.invalid
        text = profile(number, args.packs, number // every % 5 if broken else None)
        write(root / "profiles" / f"profile-{number:06}" / "profile.yaml", text)


if __name__ == "__main__":
    main()
