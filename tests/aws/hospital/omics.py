"""Stores of genomes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.aws.hospital import Answers

_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def _key(region: str) -> str:
    return f"arn:aws:kms:{region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def _genomes(kind: str, region: str) -> dict[str, Any]:
    return {
        "id": "1234567890",
        "arn": f"arn:aws:omics:{region}:123456789012:{kind}Store/1234567890",
        "name": "genomes",
        "sseConfig": {"type": "KMS", "keyArn": _key(region)},
        "creationTime": _DAY,
    }


def _analyses(kind: str, region: str, **more: str) -> dict[str, Any]:
    store = _genomes(kind, region)
    return {
        "storeArn": store.pop("arn"),
        **store,
        **more,
        "reference": {"referenceArn": f"arn:aws:omics:{region}:123456789012:referenceStore/1/reference/1"},
        "status": "ACTIVE",
        "description": "",
        "statusMessage": "",
        "storeSizeBytes": 1,
        "updateTime": _DAY,
    }


ANSWERS: Answers = {
    "omics.list_annotation_stores": lambda region, _: {
        "annotationStores": [_analyses("annotation", region, storeFormat="VCF")]
    },
    "omics.list_reference_stores": lambda region, _: {"referenceStores": [_genomes("reference", region)]},
    "omics.list_sequence_stores": lambda region, _: {"sequenceStores": [_genomes("sequence", region)]},
    "omics.list_variant_stores": lambda region, _: {"variantStores": [_analyses("variant", region)]},
    "omics.get_sequence_store": lambda region, _: {
        **_genomes("sequence", region),
        "s3Access": {"s3Uri": "s3://service/1/", "accessLogLocation": "s3://riverside-trail/genomes/"},
    },
}
