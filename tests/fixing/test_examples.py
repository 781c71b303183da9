"""Terraform itself takes what `fix --write` makes of the shipped examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hipaa_guard.fixing.fix import fix_terraform
from hipaa_guard.fixing.patch import write
from tests.terraform.real.cloud import emptied, simulated
from tests.terraform.real.estates import Estate, shipped
from tests.terraform.real.recording import recorded
from tests.terraform.real.tools import Root, tools

pytestmark = pytest.mark.skipif(tools() is None, reason="terraform or its provider is not installed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with simulated() as found:
        yield found


EXAMPLES = [estate for estate in shipped() if estate.name in ("telehealth", "patient-records")]


@pytest.mark.parametrize("estate", EXAMPLES, ids=lambda estate: estate.name)
def test_what_fix_writes_plans(estate: Estate, address: str, tmp_path: Path) -> None:
    installed = tools()
    assert installed is not None
    emptied(address)
    variables = dict(estate.before())
    directory = estate.write(tmp_path / "work")
    fixed = fix_terraform(directory)
    assert fixed.repaired
    write(fixed.before, fixed.after)
    root = Root(directory, installed, address, variables)
    root.init()
    before = {each["address"] for each in recorded(estate.name).plan["resource_changes"]}
    after = {*root.make_plan()}  # which validates first
    assert before < after  # a repair adds resources and takes none out
