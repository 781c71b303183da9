"""The schemas of the Terraform providers, as far as tests look into them. ``python -m tests.provider_schema`` writes them."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).parent / "reference"
NEWEST = "terraform_aws_schema.tsv.gz"
"""Of the release of the AWS provider that the tables of facts are written by."""
OLDEST = "terraform_aws_oldest_schema.tsv.gz"
"""Of the oldest release that is supported."""
AWSCC = "terraform_awscc_schema.tsv.gz"
"""Of the types of the awscc provider that the tables read."""


def lines_of(name: str) -> Iterator[list[str]]:
    """The rows of one of the files: type, path, kind, and ``required``, ``optional`` or ``computed``."""
    with gzip.open(REFERENCE / name, "rt", encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def title(name: str) -> str:
    """The provider and release that one of the files is of."""
    with gzip.open(REFERENCE / name, "rt", encoding="utf-8") as file:
        return file.readline().removeprefix("# ").partition(":")[0]


def release(name: str) -> str:
    """The release that one of the files is of: ``6.25.0``."""
    return title(name).partition(",")[0].rpartition(" ")[2]


@cache
def schema() -> dict[str, set[str]]:
    """The attribute paths of each resource type, by the newest releases."""
    return _paths(NEWEST, AWSCC)


@cache
def oldest_schema() -> dict[str, set[str]]:
    """The attribute paths of each resource type of the AWS provider, by the oldest release."""
    return _paths(OLDEST)


def _paths(*names: str) -> dict[str, set[str]]:
    paths: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for type_, path, *_ in lines_of(name):
            paths[type_].add(path)
    return paths
