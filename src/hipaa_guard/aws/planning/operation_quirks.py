"""Operations of AWS that need more than one plain call: page sizes, a report to be made first, fields left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from hipaa_guard.aws.planning.error_codes import Meaning, meaning_of

REPORT_PAUSES = (0.1, 0.4, 1.0, *[2.0] * 15)
"""Seconds between asking whether the credential report is made; after the last it is not known."""

# A limited EC2 call draws on a rate bucket twice as large; IAM's own page is a tenth of what it allows; S3 tells the
# regions of buckets only to a call that has a parameter.
_LARGE_PAGES = {"ec2": 500, "iam": 1000, "s3": 1000}
_ALSO_CALLED = {
    "iam.get_credential_report": ("iam.generate_credential_report",),
    "s3.list_buckets": ("s3.get_bucket_location",),
}


class ReportNotReadyError(Exception):
    """The credential report was still being made when patience ended."""


def also_called(operation: str) -> tuple[str, ...]:
    """Further operations that a call of this one may make."""
    return _ALSO_CALLED.get(operation, ())


def page_size(client: Any, method: str, params: Mapping[str, Any]) -> int | None:
    """How many elements to ask for in a page; None for the service's own number."""
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
    """Do what the operation needs to have been done before.

    Raises:
        ReportNotReadyError: the credential report is not ready in time.
        botocore.exceptions.ClientError: it may not be made.

    """
    if operation != "iam.get_credential_report":
        return
    for seconds in REPORT_PAUSES:
        if _report_is_made(client):
            return
        pause(seconds)
    raise ReportNotReadyError("the credential report was not ready in time")


def _report_is_made(client: Any) -> bool:
    """Whether a report is there to be read: AWS makes none while there is one that is less than four hours old."""
    from botocore.exceptions import ClientError

    try:
        return bool(client.generate_credential_report().get("State") == "COMPLETE")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "LimitExceeded":
            return (
                True  # asked too often by others: the report that they had made is read, which says if it has expired
            )
        if meaning_of(code) is Meaning.DENIED and _report_may_be_read(client):
            return True  # others may have had it made
        raise


def _report_may_be_read(client: Any) -> bool:
    """Whether there is a report that is less than four hours old, for a role that may not have one made."""
    from botocore.exceptions import ClientError

    try:
        return bool(client.get_credential_report())
    except ClientError:
        return False


def completed(client: Any, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with what the operation leaves out or wraps in text."""
    if operation == "iam.get_credential_report":
        return {**answer, "Rows": _rows(answer["Content"])}
    if operation == "sqs.list_queues":
        return {**answer, "Queues": [_queue(url) for url in answer.get("QueueUrls", [])]}
    if operation == "s3.list_buckets":
        for bucket in answer.get("Buckets", []):
            if not bucket.get("BucketRegion") and bucket.get("Name"):  # stores that speak S3 but are not AWS
                bucket["BucketRegion"] = _bucket_region(client, bucket["Name"])
    return answer


def _queue(url: str) -> dict[str, str]:
    """What the URL of a queue says of it: ``https://sqs.REGION.amazonaws.com/ACCOUNT/NAME``."""
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
        if error.response["Error"]["Code"] != "NoSuchBucket":  # it was not deleted meanwhile: where it is is not known
            raise
        return None
    return "us-east-1" if not region else "eu-west-1" if region == "EU" else str(region)
