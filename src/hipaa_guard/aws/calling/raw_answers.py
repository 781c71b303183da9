"""Checks before botocore parses an HTTP answer: it must come from AWS and be complete.

botocore reads a truncated body, a page of a proxy and an empty body as an answer in which nothing is configured. An
answer of AWS has as many bytes as its header says, in the form of the service's protocol (a JSON object, or XML with
the root of the operation). Any other answer is rejected, and the call is repeated.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

_REQUEST_IDS = ("x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id", "x-amz-id-2")
_REQUEST_ID_ELEMENTS = (b"<RequestId>", b"<requestId>", b"<RequestID>")

# The root of the answers of rest-xml operations, where the model does not name it: the "Response Syntax" of each
# operation in the Amazon S3 API reference, read 2026-11-30.
_ROOTS: Mapping[str, str] = {
    "GetBucketAcl": "AccessControlPolicy",
    "GetBucketLocation": "LocationConstraint",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketVersioning": "VersioningConfiguration",
    "ListBuckets": "ListAllMyBucketsResult",
}
# Members that answers of many operations share.
_PAGING = frozenset({"NextToken", "nextToken", "NextMarker", "Marker", "Truncated", "position", "ResponseMetadata"})
_UNSERVED = (404, 405, 501)
_ERROR_ROOTS = frozenset({"Error", "ErrorResponse", "Response"})
_ERROR_MEMBERS = frozenset({"__type", "code", "Code", "message", "Message", "errorCode", "error"})


class SpoiltAnswerError(Exception):
    """An answer is not one that AWS sends. The message describes it."""


class UnservedOperationError(SpoiltAnswerError):
    """The endpoint is not AWS and says, in its own form, that it has no such operation: a simulation or a proxy."""


def check(model: Any, answer: Mapping[str, Any]) -> None:
    """Check that an answer is complete and has the form of its operation (`model`, of botocore).

    Raises:
        SpoiltAnswerError: it is incomplete or has another form.

    """
    status, headers, body = answer["status_code"], answer["headers"], answer["body"]
    if model.http.get("method") == "HEAD" or not isinstance(body, bytes):
        return
    _check_length(headers, body)
    if status >= 300:
        _check_error(status, headers, body)
    elif status == 206:
        raise SpoiltAnswerError("only a part of the answer came (HTTP 206)")
    else:
        _check_form(model, headers, body)


def is_xml(service: Any) -> bool:
    """Whether a service (botocore's model) answers in XML."""
    return service.resolved_protocol in ("query", "ec2", "rest-xml")


def from_aws(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the answer has the request id that AWS gives each answer."""
    return any(name in headers for name in _REQUEST_IDS) or any(each in body for each in _REQUEST_ID_ELEMENTS)


def _check_length(headers: Mapping[str, str], body: bytes) -> None:
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) != len(body):
        raise SpoiltAnswerError(f"{len(body)} of {length} bytes of the answer came")


def _check_error(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Reject an error that has neither of AWS's two forms: it comes from a server in between."""
    document = _json(body)
    fits = from_aws(headers, body) or (isinstance(document, dict) and not _ERROR_MEMBERS.isdisjoint(document))
    if not fits and not any(root in _ERROR_ROOTS for root in _opening(body)[:1]):
        error = UnservedOperationError if status in _UNSERVED else SpoiltAnswerError
        raise error(f"HTTP {status} came {_described(headers, body)}, which is no error of AWS's form")


def _check_form(model: Any, headers: Mapping[str, str], body: bytes) -> None:
    shape = model.output_shape
    if shape is None:
        return
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name in ("blob", "string"):
        document = _json(body)
        # The only payload of this form that a scan reads is a policy, which has statements.
        fits = isinstance(document, dict) and "Statement" in document if payload == "Policy" else bool(body)
    elif not any("location" not in member.serialization for member in shape.members.values()):
        return  # the whole answer is in headers
    elif is_xml(model.service_model):
        fits = _has_root(model, body)
    elif model.service_model.resolved_protocol == "smithy-rpc-v2-cbor":
        fits = bool(body) and body[0] >> 5 == 5  # a map
    else:
        document = _json(body)
        fits = isinstance(document, dict) and not _is_foreign(shape.members.get(payload, shape), document)
    if not fits:
        raise SpoiltAnswerError(f"the answer came {_described(headers, body)}, which is not the form of {model.name}")


def _is_foreign(shape: Any, document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is the answer of another operation: it has members, but none of this one except for paging.

    AWS adds members to answers and leaves out those that are not set, but never sends an answer of new members alone.
    """
    own = {member.serialization.get("name", name) for name, member in shape.members.items()}
    return bool(document) and not document.keys() & (own - _PAGING) and not document.keys() <= own


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except ValueError:
        return None


def _has_root(model: Any, body: bytes) -> bool:
    found = _opening(body)
    shape = model.output_shape
    if model.service_model.resolved_protocol in ("query", "ec2"):
        wrapper = shape.serialization.get("resultWrapper")
        return found[:1] == [f"{model.name}Response"] and (wrapper is None or wrapper in found)
    payload = shape.serialization.get("payload")
    if payload is not None:
        member = shape.members[payload]
        expected = {payload, member.name, member.serialization.get("name")}
    else:
        # Simulations of AWS name the root after the operation where AWS has another name.
        expected = {_ROOTS.get(model.name), f"{model.name}Response", f"{model.name}Result", shape.name}
    return bool(found) and found[0] in expected


def _opening(body: bytes) -> list[str]:
    """The root of an XML document and its children, without namespaces; empty for other texts."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - expat of today refuses to expand entities without bound
    except ET.ParseError:
        return []
    return [element.tag.rpartition("}")[2] for element in (root, *root)]


def _described(headers: Mapping[str, str], body: bytes) -> str:
    if not body.strip():
        return "empty"
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return f"as {kind}" if kind else "in an unknown form"
