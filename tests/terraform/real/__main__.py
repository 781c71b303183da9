"""Real Terraform and the real AWS provider against our readers, without internet.

    python -m tests.terraform.real             all of it; exit code 1 where something is to be mended
    python -m tests.terraform.real --record    keeps what Terraform wrote, for the tests
    python -m tests.terraform.real --check     is what was kept still what Terraform writes?

Three questions are asked. Does Terraform take every text of Terraform that this project writes itself (cases of tests,
fixes of controls, documents)? Are the provider's arguments those that the tables read? Do source, plan, plan with
source, state and the account say the same of the examples, the clinic, a synthetic estate and of each control's fix, a
passing and a failing case? The account is a moto server in this process, on the loopback.

Terraform has to be on PATH; the provider is looked for in the directory that HIPAA_GUARD_TF_PLUGINS or
TF_PLUGIN_CACHE_DIR names, and where Terraform itself looks.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.provider_schema.rows import read, rows
from tests.schema import OLDEST
from tests.terraform.real import recording, refused
from tests.terraform.real.batches import checked, plannable, root_files
from tests.terraform.real.cloud import emptied, simulated
from tests.terraform.real.estates import Estate, apart, chosen, shipped, with_releases
from tests.terraform.real.known import Known, known
from tests.terraform.real.running import Run, planned_and_applied, planned_only
from tests.terraform.real.snippets import Snippet, snippets
from tests.terraform.real.sources import LIVE
from tests.terraform.real.tools import PLUGINS, Root, Tools, tools

PARTS = ("texts", "schema", "shipped", "cases")


@dataclass(slots=True)
class Report:
    """What is to be mended, and since when this runs."""

    problems: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """A line, with the seconds that are over."""
        print(f"{time.monotonic() - self.started:6.0f} s  {text}", flush=True)

    def problem(self, text: str) -> None:
        """Something to mend."""
        self.problems.append(text)
        self.say(f"TO MEND: {text}")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.terraform.real",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="ask less; may be given several times")
    keeping = parser.add_mutually_exclusive_group()
    keeping.add_argument("--record", action="store_true", help="keep what Terraform wrote")
    keeping.add_argument("--check", action="store_true", help="plan without applying: is what was kept in date?")
    options = parser.parse_args()
    found = tools()
    if found is None:
        print(
            "Terraform and the AWS provider are needed: put `terraform` on PATH, and name in "
            f"{PLUGINS} a directory that `terraform providers mirror` wrote.",
            file=sys.stderr,
        )
        return 2
    parts = set(options.only or PARTS)
    report = Report()
    report.say(f"Terraform with the AWS provider {found.version}")
    with TemporaryDirectory(prefix="real-terraform-") as work, simulated() as address:
        asking = _Asking(found, address, Path(work), report, record=options.record, check=options.check)
        if "schema" in parts:
            asking.schema()
        if "shipped" in parts:
            for estate in shipped():
                asking.run(estate)
        if parts & {"texts", "cases"}:
            taken = asking.texts()
            if "cases" in parts:
                (asking.recorded_cases if options.check else asking.cases)(taken)
        if set(PARTS) == parts and not options.check:
            for one in asking.known.unused():
                report.problem(f"{one} explains nothing any more")
    report.say(f"{len(report.problems)} to mend")
    return 1 if report.problems else 0


class _Asking:
    """The questions, one after the other, in one simulated account that is emptied between them."""

    def __init__(self, found: Tools, address: str, work: Path, report: Report, *, record: bool, check: bool) -> None:
        self._tools, self._address, self._work, self._report = found, address, work, report
        self._record, self._check = record, check
        self.known: Known = known()

    def schema(self) -> None:
        """Is the recorded schema of the provider the one that it has?"""
        root = Root(self._directory("schema"), self._tools)
        (root.directory / "main.tf").write_text("", encoding="utf-8")
        root.init()
        found = rows(root.schema()["resource_schemas"])
        if found != read(OLDEST):
            self._report.problem("the recorded schema is out of date: run `python -m tests.provider_schema oldest`")
        self._report.say(f"schema: {len({row.type for row in found})} types")

    def texts(self) -> list[Snippet]:
        """Does Terraform take our own texts? Those that it takes."""
        every = snippets()
        ours = [one for one in every if not one.other_provider]
        others = Counter(one.other_provider for one in every if one.other_provider)
        result = checked(ours, Root(self._directory("texts"), self._tools))
        for problem in refused.unexplained(result.refused, every):
            self._report.problem(problem)
        left = ", ".join(f"{number} need the provider {name}" for name, number in others.items())
        self._report.say(
            f"texts: {len(result.taken)} taken, {len(result.refused)} refused and listed; not asked: {left}"
        )
        return result.taken

    def recorded_cases(self, taken: list[Snippet]) -> None:
        """Does Terraform still plan the recorded cases so? Which are not among them is said, not held against anybody."""
        known_texts: set[str] = set()
        for name in recording.names():
            if name.startswith("cases-"):
                files = recording.recorded(name).files
                known_texts |= set(files.values())
                self.run(Estate(name, files, with_releases, apart=True))
        newer = sum(one.text not in known_texts for one in chosen(taken))
        self._report.say(f"cases: {newer} fixes and cases have changed since they were recorded, or are new")

    def cases(self, taken: list[Snippet]) -> None:
        """Do the sources agree about each control's fix and cases?"""
        for number, group in enumerate(apart(chosen(taken)), 1):
            name = f"cases-{number}"
            emptied(self._address)
            root = Root(self._directory(f"plannable-{number}"), self._tools, self._address, {"unset": None})
            with_releases()
            accepted = plannable(group, root)
            for refused_name, reasons in accepted.refused.items():
                self._report.say(f"{name}: {refused_name} is left out, it cannot be planned: {reasons[0][:160]}")
            self.run(Estate(name, root_files(accepted.taken), with_releases, apart=True))

    def run(self, estate: Estate) -> None:
        """Do the sources agree about one configuration?"""
        ask = planned_only if self._check else planned_and_applied
        run = ask(estate, self._directory(estate.name), self._tools, self._address)
        for line in _told(run):
            self._report.say(f"{estate.name}: {line}")
        for source, lacking in run.missing().items():
            if source != LIVE:
                self._report.problem(f"{estate.name}: {source} does not tell of {', '.join(sorted(lacking))}")
        for one in run.differences():
            if one.contradicts and not self.known.explains(one):
                self._report.problem(f"{estate.name}: {one}")
        trimmed = recording.trimmed(run.record)
        if self._record:
            trimmed.write()
        if self._check:
            self._in_date(trimmed)

    def _in_date(self, now: recording.Record) -> None:
        kept = recording.recorded(now.name) if now.name in recording.names() else None
        if kept is None or kept.files != now.files:
            self._report.problem(f"{now.name} has changed since it was recorded: run with --record")
        elif kept.plan != now.plan:
            self._report.problem(f"{now.name}: Terraform plans something else than was recorded: run with --record")

    def _directory(self, name: str) -> Path:
        directory = self._work / name
        directory.mkdir()
        return directory


def _told(run: Run) -> Iterator[str]:
    """What came of a run, in words."""
    planned_ = sum(one["mode"] == "managed" for one in run.record.plan["resource_changes"])
    made = f", {planned_ - len(run.not_made)} made" if run.record.state else ""
    yield f"{planned_} resources planned{made}"
    for reason, number in Counter(run.not_made.values()).most_common():
        yield f"  {number} not made by moto: {reason}"
    yield "  verdicts: " + ", ".join(f"{name} {len(verdicts)}" for name, verdicts in run.told.items())
    unfound = run.missing().get(LIVE, set())
    if unfound:
        yield f"  {len(unfound)} not found in the account, so not compared with it: {', '.join(sorted(unfound))}"
    kinds = Counter((one.sources, tuple(map(str, one.statuses))) for one in run.differences())
    for (sources, statuses), number in sorted(kinds.items()):
        yield f"  {number:4} {sources[0]} {statuses[0]}, {sources[1]} {statuses[1]}"


if __name__ == "__main__":
    sys.exit(main())
