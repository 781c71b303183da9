"""A store of health records."""

from __future__ import annotations

from typing import Any

from tests.aws.hospital import Answers


def _fhir(region: str) -> dict[str, Any]:
    return {
        "DatastoreId": "a" * 32,
        "DatastoreArn": f"arn:aws:healthlake:{region}:123456789012:datastore/fhir/{'a' * 32}",
        "DatastoreName": "charts",
        "DatastoreStatus": "ACTIVE",
        "DatastoreTypeVersion": "R4",
        "DatastoreEndpoint": f"https://healthlake.{region}.amazonaws.com/datastore/a/r4/",
        "SseConfiguration": {"KmsEncryptionConfig": {"CmkType": "AWS_OWNED_KMS_KEY"}},
    }


ANSWERS: Answers = {"healthlake.list_fhir_datastores": lambda region, _: {"DatastorePropertiesList": [_fhir(region)]}}
