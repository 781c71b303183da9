"""The estate that benchmarks scan is itself right, and the comparison reads what scanners say. No test asserts a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import terraform
from benchmarks.corpus import SERVICES, Corpus, write
from benchmarks.measure import best, run
from benchmarks.tools import Seen, checkovs_view, our_view, read, trivys_view
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform

SEEDABLE = {service.name: service.controls for service in SERVICES}


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Large enough for every service; half of its units break a control."""
    return write(tmp_path_factory.mktemp("estate"), 240, modules=3, violations=0.5)


def judged(target: Path) -> tuple[Assessment, dict[tuple[str, str], set[Status]]]:
    """An assessment, and what it says of each resource by each control that units may break."""
    controls = sorted({control for controls in SEEDABLE.values() for control in controls})
    assessment = scan_terraform(TerraformTarget(target), Options(only=controls))
    verdicts: dict[tuple[str, str], set[Status]] = {}
    for finding in assessment.findings:
        verdicts.setdefault((str(finding.resource.address), finding.control_id), set()).add(finding.status)
    return assessment, verdicts


def files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def failing_by_mistake(estate: Corpus, verdicts: dict[tuple[str, str], set[Status]]) -> Iterable[tuple[str, str]]:
    """Failing verdicts that no unit was given."""
    for unit in estate.seeded:
        for address in unit.addresses:
            for control in SEEDABLE[unit.service]:
                if control != unit.control and Status.FAIL in verdicts.get((address, control), ()):
                    yield address, control


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "one", 100, modules=2, seed=7)
    write(tmp_path / "two", 100, modules=2, seed=7)
    write(tmp_path / "other", 100, modules=2, seed=8)
    assert files(tmp_path / "one") == files(tmp_path / "two") != files(tmp_path / "other")


def test_every_service_and_every_violation_occurs(tmp_path: Path) -> None:
    everything_wrong = write(tmp_path, 2000, violations=1.0)
    assert {unit.service for unit in everything_wrong.seeded} == set(SEEDABLE)
    assert {unit.control for unit in everything_wrong.seeded} == {c for each in SEEDABLE.values() for c in each}


@pytest.mark.parametrize("resources, modules", [(5, 1), (64, 1), (101, 4)])
def test_the_number_of_resources_is_exact(tmp_path: Path, resources: int, modules: int) -> None:
    corpus = write(tmp_path, resources, modules=modules)
    changes = json.loads(corpus.plan.read_text())["resource_changes"]
    managed = [change["address"] for change in changes if change["mode"] == "managed"]
    assert len(managed) == len(set(managed)) == resources
    seeded = {address for unit in corpus.seeded for address in unit.addresses}
    assert seeded == {address for address in managed if address.startswith("module.")}


def test_more_modules_than_resources_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be divided among 9 modules"):
        write(tmp_path, 10, modules=9)


def test_source_is_looked_at_completely_and_each_violation_is_found_where_it_is(estate: Corpus) -> None:
    assessment, verdicts = judged(estate.directory)
    assert assessment.coverage.complete
    assert not assessment.coverage.gaps
    assert not [key for key, statuses in verdicts.items() if Status.UNKNOWN in statuses]
    for unit in estate.seeded:
        if unit.control is not None:
            assert verdicts.get((unit.at, unit.control)) == {Status.FAIL}, (unit.at, unit.control)
    assert not list(failing_by_mistake(estate, verdicts))


def test_a_plan_of_it_passes_nothing_that_is_broken_and_fails_nothing_else(estate: Corpus) -> None:
    assessment, verdicts = judged(estate.plan)
    assert assessment.coverage.complete
    for unit in estate.seeded:
        if unit.control is not None:
            said = verdicts.get((unit.at, unit.control), set())
            assert said, (unit.at, unit.control)
            assert said <= {Status.FAIL, Status.UNKNOWN}, (unit.at, unit.control, said)
    assert not list(failing_by_mistake(estate, verdicts))


def test_a_plan_and_its_source_name_the_same_resources(estate: Corpus) -> None:
    assert judged(estate.plan)[0].coverage.resources == judged(estate.directory)[0].coverage.resources


# --- the comparison ------------------------------------------------------------------------------------------------


def test_without_peers_it_measures_our_own_scan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = write(tmp_path / "clinic", 8).directory
    assert terraform.main([str(own), "--sizes", "16", "--runs", "1", "--without-peers"]) == 0
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines() if "| hipaa-guard |" in line]
    assert [row[0] for row in rows] == ["| 16 resources", "| hcl"]
    for row in rows:
        assert float(row[3]) > 0, "CPU seconds"
        assert float(row[4]) > 0, "MiB"
        assert int(row[6]) > 0, "failing findings"
        assert int(row[7].removesuffix(" |")) > 0, "resources"


def test_our_own_failure_is_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert terraform.main([str(tmp_path / "nowhere"), "--sizes", "", "--runs", "1", "--without-peers"]) == 1
    assert "failed, exit code 2" in capsys.readouterr().out


def test_a_peer_that_cannot_be_installed_is_said_to_be_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "a-file"
    in_the_way.write_text("no directory can be made here")
    assert terraform.main(["--sizes", "5", "--runs", "1", "--peers", str(in_the_way)]) == 0
    said = capsys.readouterr().out
    assert "Checkov is missing: " in said
    assert "Trivy is missing: " in said
    assert "| 5 resources | hipaa-guard |" in said


def test_a_run_is_measured_with_what_it_waited_for(tmp_path: Path) -> None:
    work = "sum(range(3_000_000)); print('said')"
    inner = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}]); sys.exit(3)"
    measured = run([sys.executable, "-c", inner], tmp_path / "out.txt")
    assert measured.exit_code == 3
    assert measured.cpu > 0.02, "two interpreters and three million additions"
    assert measured.memory > 1
    assert (tmp_path / "out.txt").read_text() == "said\n"
    assert best([measured]).median == measured.wall


CHECKOVS = {"check_type": "terraform", "summary": {"passed": 9, "failed": 2, "resource_count": 4}}
TRIVYS = {"Results": [{"Target": "main.tf", "MisconfSummary": {"Successes": 3, "Failures": 5}}, {"Target": "x.tf"}]}


@pytest.mark.parametrize(
    "view, said, seen",
    [
        (checkovs_view, CHECKOVS, Seen(2, 4)),
        (checkovs_view, [CHECKOVS, CHECKOVS], Seen(4, 8)),
        (checkovs_view, {"passed": 0, "failed": 0, "resource_count": 0}, Seen(0, 0)),
        (checkovs_view, [], Seen(0, 0)),
        (checkovs_view, ["no report"], None),
        (trivys_view, TRIVYS, Seen(5, None)),
        (trivys_view, {}, Seen(0, None)),
        (trivys_view, [], None),
        (our_view, {}, None),
    ],
)
def test_what_a_scanner_says_that_it_saw(
    tmp_path: Path, view: Callable[[Any], Seen], said: Any, seen: Seen | None
) -> None:
    output = tmp_path / "out.json"
    output.write_text(json.dumps(said))
    assert read(view, output) == seen


def test_output_that_is_no_json_says_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    output.write_text("Traceback")
    assert read(our_view, output) is None
