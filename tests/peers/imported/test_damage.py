"""Damaged files of results: a message and never a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.loading import load
from hipaa_guard.outputs.comparison.merged import as_json, as_text
from hipaa_guard.peers.merge import merge, same_file
from hipaa_guard.peers.reading import read
from hipaa_guard.peers.results import PeerError
from tests.peers.samples import checkov, finding, misconfiguration, prowler, record, trivy

DOCUMENTS = (
    checkov(record("CKV_AWS_21", "FAILED", 'module.a["x"].aws_s3_bucket.b', (1, 2)), errors=("/a.tf",)),
    trivy(misconfiguration("AVD-AWS-0090", "FAIL", "module.x", (1, 2), "aws_s3_bucket.b", "module.x")),
    [prowler("s3_bucket_object_versioning", "FAIL", "arn:aws:s3:::x")],
    {"Findings": [finding("securityhub-s3-bucket-versioning-enabled-1a2b3c", "FAILED", "arn:aws:s3:::x")]},
)
DAMAGE: tuple[Any, ...] = (None, 1, True, 1.5, "x", "[", "module.", [], {}, [1], [[]], {"a": 1})


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, part in parts:
        yield from places(part, (*path, name))


def damaged(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = deepcopy(document)
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copy


@pytest.mark.parametrize("document", DOCUMENTS, ids=("checkov", "trivy", "prowler", "asff"))
def test_no_damage_breaks_the_reader(tmp_path: Path, document: Any) -> None:
    controls = load(())
    file = tmp_path / "damaged.json"
    refused = 0
    for path in places(document):
        for value in DAMAGE:
            file.write_text(json.dumps(damaged(document, path, value)))
            try:
                found = merge([read(file)], controls)
            except PeerError:
                refused += 1
            else:
                json.loads(as_json(found))
                assert as_text(found)
    assert refused


def test_paths_of_one_file() -> None:
    assert same_file("main.tf", "infra/main.tf")
    assert same_file("../infra/main.tf", "infra/main.tf")
    assert not same_file("live/main.tf", "test/main.tf")
    assert not same_file("domain.tf", "main.tf")
