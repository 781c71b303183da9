"""A configuration that policies judge, and exit codes."""

from __future__ import annotations

import pytest

from tests.controls.broken import NAME, ROWS, Row

USAGE, INCOMPLETE = 2, 3
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
HCL = 'resource "aws_ebs_volume" "phi" {\n  availability_zone = "a"\n  encrypted = true\n}\n'


def wanted(row: Row) -> list[str]:
    """Options that ask for all that the policies would hold if they were sound."""
    names = dict.fromkeys(("own_before", "own_after", "own_other", *row.names, *row.beside, NAME))
    if NAME not in (*row.names, *row.beside) and not row.id.startswith(("another", "not UTF")):
        names.pop(NAME)
    return [word for name in names for word in ("-c", name)]
