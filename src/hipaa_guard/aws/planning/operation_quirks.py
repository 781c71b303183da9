"""Operations that need more than one plain call: page sizes, a report to be requested first, fields left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from hipaa_guard.aws.planning.error_codes import Meaning, meaning_of

REPORT_PAUSES = (0.1, 0.4, 1.0, *[2.0] * 15)
"""Seconds between checks whether the credential report is ready. After the last one it is unknown."""

# EC2 allows calls with a page size at twice the rate; IAM's default page is a tenth of its maximum; S3 answers the
# regions of buckets only if the call has a parameter; a key of KMS may have 50,000 grants, by default 50 a page.
_LARGE_PAGES = {"ec2": 500, "iam": 1000, "kms": 100, "s3": 1000}
_ALSO_CALLED = {
    "iam.get_credential_report": ("iam.generate_credential_report",),
    "s3.list_buckets": ("s3.get_bucket_location",),
}


class ReportNotReadyError(Exception):
    """The credential report was not ready in time."""


def also_called(operation: str) -> tuple[str, ...]:
    """Further operations that a call of this one may make."""
    return _ALSO_CALLED.get(operation, ())


def page_size(client: Any, method: str, params: Mapping[str, Any]) -> int | None:
    """Number of elements to request per page; None for the default of the service."""
    largest = _LARGE_PAGES.get(client.meta.service_model.service_name)
    if largest is None or any(name.endswith("Ids") and name not in _NO_SELECTION for name in params):
        return None  # EC2 refuses a limit together with a list of ids
    operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    limit = client.get_paginator(method)._pagination_cfg.get("limit_key")  # noqa: SLF001 - not public in botocore
    if limit is None or limit in params or limit not in operation.input_shape.members:
        return None
    bound = operation.input_shape.members[limit].metadata.get("max", largest)
    return min(largest, int(bound))


_NO_SELECTION = frozenset({"OwnerIds", "RestorableByUserIds"})


def prepare(client: Any, operation: str, pause: Callable[[float], None]) -> None:
    """Make the calls that the operation needs before it.

    Raises:
        ReportNotReadyError: the credential report is not ready in time.
        botocore.exceptions.ClientError: the role may not request it.

    """
    if operation != "iam.get_credential_report":
        return
    for seconds in REPORT_PAUSES:
        if _report_is_made(client):
            return
        pause(seconds)
    raise ReportNotReadyError("the credential report was not ready in time")


def _report_is_made(client: Any) -> bool:
    """Request a report. Returns whether it is ready; AWS makes none while one is less than four hours old."""
    from botocore.exceptions import ClientError

    try:
        return bool(client.generate_credential_report().get("State") == "COMPLETE")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "LimitExceeded":
            return True  # others requested it too often: their report is read, and AWS says if it has expired
        if meaning_of(code) is Meaning.DENIED and _report_may_be_read(client):
            return True  # others may have requested it
        raise


def _report_may_be_read(client: Any) -> bool:
    """Whether a report of less than four hours exists, for a role that may not request one."""
    from botocore.exceptions import ClientError

    try:
        return bool(client.get_credential_report())
    except ClientError:
        return False


def completed(client: Any, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, with the fields that the operation leaves out or wraps in text."""
    if operation == "iam.get_credential_report":
        return {**answer, "Rows": _rows(answer["Content"])}
    if operation == "sqs.list_queues":
        return {**answer, "Queues": [_queue(url) for url in answer.get("QueueUrls", [])]}
    if operation == "s3.list_buckets":
        for bucket in answer.get("Buckets", []):
            if not bucket.get("BucketRegion") and bucket.get("Name"):  # stores other than AWS with the API of S3
                bucket["BucketRegion"] = _bucket_region(client, bucket["Name"])
    return answer


def _queue(url: str) -> dict[str, str]:
    """The fields in the URL of a queue: ``https://sqs.REGION.amazonaws.com/ACCOUNT/NAME``."""
    _, account, name = url.rsplit("/", 2)
    return {"QueueUrl": url, "QueueName": name, "QueueOwner": account}


def _rows(report: bytes | str) -> list[dict[str, str]]:
    text = report.decode("utf-8") if isinstance(report, bytes) else report
    return [dict(row) for row in csv.DictReader(io.StringIO(text))]


def _bucket_region(client: Any, name: str) -> str | None:
    from botocore.exceptions import ClientError

    try:
        region = client.get_bucket_location(Bucket=name).get("LocationConstraint")
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":  # it still exists, so its region is unknown
            raise
        return None
    return "us-east-1" if not region else "eu-west-1" if region == "EU" else str(region)
