"""A short run of the fuzz target, and that it would notice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.checking import Broken, check
from tests.fuzz.documents import SECRET
from tests.fuzz.making import Case, make
from tests.fuzz.shrinking import shrunk
from tests.patience import HANGS

ROOT = Path(__file__).parents[2]


def test_a_short_run_keeps_all_promises_whatever_the_order_of_sets() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--seed", "7", "--cases", "20", "--seconds", "inf"]
    runs = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    first, second = [run.communicate(timeout=HANGS)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], first
    assert first == second


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_any_case(random: Random) -> None:
    """``test_any_case.hypothesis.fuzz_one_input`` is the same for a fuzzer that makes bytes."""
    check(make(random))


def test_a_secret_that_is_shown_is_noticed() -> None:
    shown = Case({"main.tf": f'resource "aws_s3_bucket" "b" {{\n  bucket = "{SECRET}"\n}}\n'.encode()}, planted=True)
    with pytest.raises(Broken, match="a secret is never shown"):
        check(shown)


def test_a_file_that_is_lost_silently_is_noticed() -> None:
    lost = Case({"main.tf": b"", ".git/main.tf": b"", "below/.hidden/main.tf": b""})
    with pytest.raises(Broken, match="every file is read"):
        check(lost)


def test_a_case_is_made_small() -> None:
    case = Case({"a.tf": b"one\ntwo\nthree needle four\nfive\n", "b.tf": b"other\n" * 50})
    small = shrunk(case, lambda smaller: b"needle" in smaller.files.get("a.tf", b""))
    assert small.files == {"a.tf": b"needle"}
