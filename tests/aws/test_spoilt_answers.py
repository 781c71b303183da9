"""Whatever comes instead of an answer of AWS: no verdict becomes better by it, and the coverage tells it.

Each operation of the tables is answered in each spoilt form, on the wire and before anything is parsed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from hipaa_guard.assessment.gate import INCOMPLETE
from hipaa_guard.aws.planning import operation_quirks
from hipaa_guard.facts.locations import Gap
from tests.aws.faults import HOME
from tests.aws.raw_line import SPOILS, RawLine
from tests.aws.test_faults import Hospital, assert_verdicts_no_better, pages, readers


@pytest.fixture(scope="module")
def hospital() -> Iterator[Hospital[RawLine]]:
    pages()
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", HOME)
        yield Hospital(RawLine())


def tells(gap: Gap, operation: str, region: str) -> bool:
    """Whether a row of the coverage tells that an operation was not answered in a region."""
    subjects = {operation, f"{operation.partition('.')[0]} in {region}"}
    subjects |= {asked for asked in readers() if operation in operation_quirks.also_called(asked)}
    return gap.incomplete and gap.subject in subjects and gap.region == region


def cases() -> Iterator[tuple[str, str]]:
    for operation in readers():
        for how in SPOILS:
            if (operation, how) != ("s3.get_bucket_location", "nothing in its form"):  # so AWS answers for us-east-1
                yield operation, how


@pytest.mark.parametrize(("operation", "how"), cases())
def test_no_verdict_becomes_better(hospital: Hospital[RawLine], operation: str, how: str) -> None:
    controls, line = readers()[operation], hospital.line
    sound = hospital.sound(controls)
    line.operation, line.spoil = operation, SPOILS[how]
    line.spoilt.clear()
    try:
        broken = hospital.read(controls)
    finally:
        line.spoil = None
    assert line.spoilt
    assert_verdicts_no_better(sound, broken)
    assert broken.collected.faults == 0
    for region in line.spoilt:
        assert any(tells(gap, operation, region) for gap in broken.collected.gaps), (region, broken.collected.gaps)
    assert broken.exit_code == INCOMPLETE


@pytest.mark.parametrize("operation", [operation for operation, paging in pages().items() if paging is not None])
def test_a_list_without_end_ends(hospital: Hospital[RawLine], monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    monkeypatch.setattr("hipaa_guard.aws.calling.pages.LIST_BYTES", 20_000)
    controls, line = readers()[operation], hospital.line
    sound = hospital.sound(controls)
    line.operation, line.paging = operation, pages()[operation]
    line.spoilt.clear()
    try:
        endless = hospital.read(controls)
    finally:
        line.paging = None
    assert line.spoilt
    assert_verdicts_no_better(sound, endless)
    for region in line.spoilt:
        assert any(tells(gap, operation, region) for gap in endless.collected.gaps), (region, endless.collected.gaps)
    assert endless.collected.faults == 0, endless.collected.gaps
    assert endless.exit_code == INCOMPLETE
