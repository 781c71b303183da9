"""What three times as many services and controls cost a scan that meets none of them: ``python -m benchmarks.breadth``.

The package is copied twice, and services and policies are added to one of the copies that nothing in the corpora is of.
Each command runs with both, in turn; the ratio of the same run is what counts.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus import write
from benchmarks.measure import Run, judged, run

HERE = Path(__file__).parents[1]
SERVICES, CONTROLS = 70, 450
FACTS = 12
RUNS = 9
MOST = 1.15
"""How much longer a command may take."""

SERVICE = '''
"""A service that exists in benchmarks only."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.readings import Block, Listing, ask, first, listed
from hipaa_guard.facts.resource import Resource, fact


class Store(Resource):
    """A store of the service."""

    terraform = Block("aws_{name}_store", joined_by="store", name="name")
    aws = Listing("s3.list_buckets", "Buckets[]", name="Name")
    aws_types = ("AWS::{title}::Store", "{name}:store")
    noun = "{name} store"
{facts}
'''
FACT = """
    fact_{number}: bool = fact(
        terraform=first("setting.{number}.enabled", "aws_{name}_store_setting.fact_{number}"),
        unset=False,
        aws=ask("s3.get_bucket_versioning", "Status", Bucket="{{Name}}", absent="NoSuchBucket"),
    )
"""
POLICY = '''
"""Controls that exist in benchmarks only."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Verdict, control, failed, passed
from hipaa_guard.services import {name}
'''
CONTROL = '''

@control(
    title="{title} stores have setting {number} turned on, so that records are kept as the rule asks",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(1)(ii)(D)"),
    why="Without the setting, whoever reads the store can read records of patients, and nobody can tell who did.",
    fix=Fix(
        terraform="""
            resource "aws_{name}_store" "phi" {{
              setting {{
                enabled = true
              }}
            }}
        """,
        cli="aws {name} update-store --name STORE --setting {number}=enabled",
    ),
    peers={{"prowler": "{name}_store_setting_{number}", "checkov": "CKV_AWS_9{number}"}},
)
def {name}_store_setting_{number}_enabled(store: {name}.Store) -> Verdict:
    if store.fact_{number}:
        return passed("has setting {number} turned on")
    return failed("has setting {number} turned off")
'''
CATALOGUE = """
from hipaa_guard.controls.catalogue import FILE
from hipaa_guard.controls.cataloguing import catalogue_of
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.resource import all_kinds
controls = load()
FILE.write_text(catalogue_of(controls), encoding="utf-8")
print(len(controls), len({kind.__module__.split(".")[2] for kind in all_kinds()}))
"""


def installed(place: Path) -> Path:
    """A copy of the package, with the folders that an installation puts into it."""
    package = place / "hipaa_guard"
    shutil.copytree(HERE / "src" / "hipaa_guard", package, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("policies", "reports"):
        shutil.copytree(HERE / folder, package / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return package


def widened(package: Path, services: int, controls: int) -> None:
    """Add services and controls, spread over the safeguards."""
    folders = sorted(each.parent for each in (package / "policies").glob("*/__init__.py"))
    for number in range(services):
        name = f"dummy{number:02}"
        facts = "".join(FACT.format(name=name, number=each) for each in range(FACTS))
        text = SERVICE.format(name=name, title=name.title(), facts=facts)
        (package / "services" / f"{name}.py").write_text(text.lstrip())
        share = controls // services + (number < controls % services)
        told = [CONTROL.format(name=name, title=name.title(), number=each) for each in range(share)]
        module = folders[number % len(folders)] / f"{name}.py"
        module.write_text(POLICY.format(name=name).lstrip() + "".join(told))


def made(place: Path) -> tuple[int, int]:
    """Write the catalogue and the bytecode of a copy; how many controls and services it has."""
    command = [sys.executable, "-S", "-c", textwrap.dedent(CATALOGUE)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(place), cwd=place)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(place)], check=True)
    controls, services = map(int, told.stdout.split())
    return controls, services


def environment(place: Path) -> dict[str, str]:
    """One in which the copy is what is installed; an editable installation is not seen."""
    packages = [path for path in sys.path if path.endswith("-packages")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(place), *packages])}


def compared(commands: dict[str, Sequence[str]], narrow: Path, wide: Path, output: Path) -> dict[str, float]:
    """Each command with both copies in turn, as rows; the ratios of the medians of the processor's time."""
    print(f"{'command':<20} {'narrow s':>9} {'wide s':>9} {'ratio':>7}   (cpu, median of {RUNS})")
    found = {}
    for label, arguments in commands.items():
        command = [sys.executable, "-S", "-m", "hipaa_guard", *arguments]
        runs: dict[Path, list[Run]] = {narrow: [], wide: []}
        for turn in range(RUNS + 1):
            for place in (narrow, wide) if turn % 2 else (wide, narrow):
                done = run(command, output, environment(place))
                if turn:
                    runs[place].append(done)
        ratio = statistics.median(w.cpu / n.cpu for n, w in zip(runs[narrow], runs[wide], strict=True))
        before, after = (statistics.median(each.cpu for each in runs[place]) for place in (narrow, wide))
        print(f"{label:<20} {before:9.3f} {after:9.3f} {ratio:7.2f}")
        found[label] = ratio
    return found


def main() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        narrow, wide = work / "narrow", work / "wide"
        installed(narrow)
        controls, services = made(narrow)
        widened(installed(wide), SERVICES - services, CONTROLS - controls)
        more = made(wide)
        print(f"{controls} controls of {services} services, and {more[0]} of {more[1]}")
        corpora = {"64 resources": write(work / "64", 64).directory, "telehealth": HERE / "examples" / "telehealth"}
        commands: dict[str, Sequence[str]] = {"--version": ["--version"]}
        for label, directory in corpora.items():
            commands[f"scan {label}"] = ["scan", "terraform", str(directory), "-o", f"json={os.devnull}"]
        ratios = compared(commands, narrow, wide, work / "output")
    for label, ratio in ratios.items():
        print(judged(f"{label} within {MOST} times of before", ratio <= MOST))
    return 0


if __name__ == "__main__":
    sys.exit(main())
