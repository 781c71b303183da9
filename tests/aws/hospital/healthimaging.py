"""A store of images."""

from __future__ import annotations

from typing import Any

from tests.aws.hospital import Answers


def _images(region: str) -> dict[str, Any]:
    return {
        "datastoreId": "b" * 32,
        "datastoreName": "x-rays",
        "datastoreStatus": "ACTIVE",
        "datastoreArn": f"arn:aws:medical-imaging:{region}:123456789012:datastore/{'b' * 32}",
    }


ANSWERS: Answers = {
    "medical-imaging.list_datastores": lambda region, _: {"datastoreSummaries": [_images(region)]},
    "medical-imaging.get_datastore": lambda region, _: {"datastoreProperties": _images(region)},
}
