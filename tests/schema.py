"""The schemas of the Terraform providers, as far as tests look into them."""

from __future__ import annotations

import gzip
from collections import defaultdict
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).parent / "reference"


@cache
def schema() -> dict[str, set[str]]:
    """The attribute paths of each resource type."""
    paths: dict[str, set[str]] = defaultdict(set)
    for provider in ("aws", "awscc"):
        with gzip.open(REFERENCE / f"terraform_{provider}_schema.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                if not line.startswith("#"):
                    type_, path, *_ = line.split("\t")
                    paths[type_].add(path)
    return paths
