"""The report of the result with everything in it: its text, its elements, its words."""

from __future__ import annotations

import re

import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.outputs.formats.html import render
from tests.outputs.html_report.elements import Tree


@pytest.fixture(scope="module")
def html(golden: Assessment) -> str:
    return render(golden)


@pytest.fixture(scope="module")
def tree(html: str) -> Tree:
    return Tree(html)


@pytest.fixture(scope="module")
def words(tree: Tree) -> str:
    return re.sub(r"\s+", " ", "".join(tree.texts))
