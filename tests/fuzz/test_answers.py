"""Short runs of the fuzz targets of answers and ledgers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.aws.raw_line import RawLine
from tests.aws.test_faults import Hospital
from tests.fuzz import answers, ledgers


@pytest.fixture(scope="module")
def account() -> Iterator[Hospital[RawLine]]:
    with answers.hospital() as found:
        yield found


@pytest.mark.parametrize("seed", range(60))
def test_a_scan_of_spoilt_answers_keeps_all_promises(seed: int, account: Hospital[RawLine]) -> None:
    answers.check(Random(f"answers/{seed}"), account)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_any_answer(account: Hospital[RawLine], random: Random) -> None:
    """``test_any_answer.hypothesis.fuzz_one_input`` is the same for a fuzzer that makes bytes."""
    answers.check(random, account)


def test_a_redirect_and_no_xml_after_it_are_no_fault_of_ours(account: Hospital[RawLine]) -> None:
    answers.check(Random("1/221"), account)


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_ledger_keeps_all_promises(seed: int, tmp_path: Path) -> None:
    ledgers.check(Random(f"ledgers/{seed}"), tmp_path)


def test_a_ledger_of_which_sqlite_says_no_words_is_begun_anew(tmp_path: Path) -> None:
    ledgers.check(Random("1/165"), tmp_path)  # SQLite's message quotes bytes that are no text


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_any_ledger(tmp_path: Path, random: Random) -> None:
    """``test_any_ledger.hypothesis.fuzz_one_input`` is the same for a fuzzer that makes bytes."""
    ledgers.check(random, tmp_path)
