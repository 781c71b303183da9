"""Write the skeleton of a service: its table of facts, empty modules of policies, cases, its part of the hospital.

``make service NAME=kinesis``; NAME is what boto3 calls the service. A large service is written type by type:
``python -m tests.skeleton sagemaker --type aws_sagemaker_domain``. Nothing that exists is overwritten.

Exit codes: 0 written, 2 nothing was written, with the reason.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.skeleton.models import SkeletonError
from tests.skeleton.tables import kinds
from tests.skeleton.texts import cases_folder, described, files, following

ROOT = Path(__file__).parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Write the modules and say what to do next."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.skeleton", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", metavar="NAME", help="what boto3 calls the service")
    parser.add_argument("--type", action="append", default=[], metavar="TYPE", help="only these Terraform types")
    parser.add_argument("--root", type=Path, default=ROOT, help="the top of the repository to write to")
    options = parser.parse_args(arguments)
    try:
        found, left_out = kinds(options.name, options.type)
        written = files(options.name, found)
        _write(options.root, written, cases_folder(options.name))
    except SkeletonError as error:
        print(f"no skeleton of {options.name}: {error}", file=sys.stderr)
        return 2
    print(
        "\n".join(
            [*described(written), "", "Next:", *(f"- {step}" for step in following(options.name, found, left_out))]
        )
    )
    return 0


def _write(root: Path, written: dict[str, str], new: str) -> None:
    """Write the texts; ``new`` is the only folder that may be missing."""
    existing = [path for path in written if (root / path).exists()]
    if existing:
        raise SkeletonError(f"{', '.join(existing)}: already there; nothing is overwritten")
    folders = [path for path in {str(Path(path).parent) for path in written} - {new} if not (root / path).is_dir()]
    if folders:
        raise SkeletonError(f"{root} has no {', '.join(sorted(folders))}: --root is the top of the repository")
    (root / new).mkdir(exist_ok=True)
    for path, text in written.items():
        (root / path).write_text(text, encoding="utf-8")
    paths = [str(root / path) for path in written]
    for command in (["check", "--quiet", "--fix-only", "--select", "I,F401"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, *paths], cwd=root, check=False)


if __name__ == "__main__":
    sys.exit(main())
