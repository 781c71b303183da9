"""Answers of AWS as bytes, made from botocore's output shapes, for each protocol that an AWS service speaks."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.aws.shapes.cbor import cbor
from tests.aws.shapes.samples import Shape

CBOR = "smithy-rpc-v2-cbor"


@dataclass(frozen=True, slots=True)
class Said:
    """A response of HTTP."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def said(model: Any, answer: Mapping[str, Any]) -> Said:
    """The response to an operation (botocore's model of it) whose answer boto3 would return as `answer`."""
    protocol, shape = model.service_model.resolved_protocol, model.output_shape
    if protocol in ("rest-json", "rest-xml"):
        return _rest(protocol, model, answer)
    if protocol == CBOR:
        return Said(200, cbor(_plain(shape, answer, CBOR)), {"smithy-protocol": "rpc-v2-cbor"})
    if protocol == "json":
        return Said(200, json.dumps(_plain(shape, answer, "json")).encode(), _JSON)
    text = "" if shape is None else "".join(_members(shape, answer))
    wrapper = "" if shape is None else shape.serialization.get("resultWrapper", "")
    inner = f"<{wrapper}>{text}</{wrapper}>" if wrapper else text
    name = f"{model.name}Response"
    return Said(200, f"<{name}>{inner}<requestId>r</requestId></{name}>".encode(), _XML)


def refused(model: Any, code: str, status: int = 400, message: str = "no") -> Said:
    """The response to an operation that is refused."""
    protocol = model.service_model.resolved_protocol
    if protocol == CBOR:
        body = cbor({"__type": f"com.amazonaws#{code}", "message": message})
        return Said(status, body, {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"})
    if protocol in ("json", "rest-json"):
        headers = {**_JSON, "x-amzn-ErrorType": code} if protocol == "rest-json" else _JSON
        return Said(status, json.dumps({"__type": code, "message": message}).encode(), headers)
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    if protocol == "ec2":
        error = f"<Response><Errors>{error}</Errors><RequestID>r</RequestID></Response>"
    elif model.service_model.service_name != "s3":
        error = f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>"
    return Said(status, error.encode(), _XML)


_JSON = {"Content-Type": "application/json"}
_XML = {"Content-Type": "text/xml"}


def _rest(protocol: str, model: Any, answer: Mapping[str, Any]) -> Said:
    shape, headers = model.output_shape, dict(_XML if protocol == "rest-xml" else _JSON)
    status = int(model.http.get("responseCode", 200))
    if shape is None:
        return Said(status, b"", headers)
    body = {}
    for name, value in answer.items():
        member = shape.members[name]
        location = member.serialization.get("location")
        if location == "header":
            headers[member.serialization.get("name", name)] = _text(member, value, "rfc822")
        elif location == "headers":
            prefix = member.serialization.get("name", "")
            headers.update({f"{prefix}{key}": str(each) for key, each in value.items()})
        elif location == "statusCode":
            status = int(value)
        else:
            body[name] = value
    payload = shape.serialization.get("payload")
    if payload is not None:
        return Said(status, _payload(protocol, shape.members[payload], body.get(payload)), headers)
    if protocol == "rest-json":
        return Said(status, json.dumps(_plain(shape, body, "json")).encode(), headers)
    name = _ROOTS.get(model.name, f"{model.name}Result")
    return Said(status, f"<{name}>{''.join(_members(shape, body))}</{name}>".encode(), headers)


# "Response Syntax" of these operations in the Amazon S3 API reference.
_ROOTS = {
    "GetBucketAcl": "AccessControlPolicy",
    "GetBucketLocation": "LocationConstraint",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketVersioning": "VersioningConfiguration",
    "ListBuckets": "ListAllMyBucketsResult",
}


def _payload(protocol: str, shape: Shape, value: Any) -> bytes:
    if value is None and shape.type_name == "structure":
        value = {}
    elif value is None:
        return b""
    if shape.type_name in ("blob", "string"):
        return value if isinstance(value, bytes) else str(value).encode()
    if protocol == "rest-json":
        return json.dumps(_plain(shape, value, "json")).encode()
    return "".join(_xml(shape, shape.serialization.get("name", shape.name), value)).encode()


def _plain(shape: Shape, value: Any, protocol: str) -> Any:
    """A value as JSON, or CBOR, holds it."""
    if shape is None or value is None:
        return {} if shape is None else None
    match shape.type_name:
        case "structure":
            if shape.is_document_type:
                return value
            return {
                name if protocol == CBOR else shape.members[name].serialization.get("name", name): _plain(
                    shape.members[name], each, protocol
                )
                for name, each in value.items()
            }
        case "list":
            return [_plain(shape.member, each, protocol) for each in value]
        case "map":
            return {key: _plain(shape.value, each, protocol) for key, each in value.items()}
        case "blob":
            return value if protocol == CBOR else base64.b64encode(value).decode()
        case "timestamp":
            return value if protocol == CBOR else _time(shape, value, "unixtimestamp")
        case _:
            return value


def _time(shape: Shape, value: datetime, otherwise: str) -> Any:
    match shape.serialization.get("timestampFormat", otherwise):
        case "unixtimestamp":
            return value.timestamp()
        case "rfc822":
            return format_datetime(value, usegmt=True)
        case _:
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _members(shape: Shape, value: Mapping[str, Any]) -> Iterator[str]:
    for name, each in value.items():
        member = shape.members[name]
        if not member.serialization.get("xmlAttribute") and each is not None:
            yield from _xml(member, member.serialization.get("name", name), each)


def _xml(shape: Shape, name: str, value: Any) -> Iterator[str]:
    match shape.type_name:
        case "structure":
            yield f"<{name}{_attributes(shape, value)}>{''.join(_members(shape, value))}</{name}>"
        case "list":
            flat = shape.serialization.get("flattened")
            # A flattened list is named by its elements, where these have a name.
            item = shape.member.serialization.get("name", name if flat else "member")
            inner = "".join(part for each in value for part in _xml(shape.member, item, each))
            yield inner if flat else f"<{name}>{inner}</{name}>"
        case "map":
            flat = shape.serialization.get("flattened")
            entry = name if flat else "entry"
            names = shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value")
            inner = "".join(
                f"<{entry}>{''.join(_xml(shape.key, names[0], key))}{''.join(_xml(shape.value, names[1], each))}</{entry}>"
                for key, each in value.items()
            )
            yield inner if flat else f"<{name}>{inner}</{name}>"
        case _:
            yield f"<{name}>{escape(_text(shape, value, 'iso8601'))}</{name}>"


def _attributes(shape: Shape, value: Mapping[str, Any]) -> str:
    """Members that are attributes; ``xsi:type`` is one."""
    attributes = [
        (member.serialization["name"], value[name])
        for name, member in shape.members.items()
        if name in value and member.serialization.get("xmlAttribute")
    ]
    spaces = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' if attributes else ""
    return spaces + "".join(f" {name}={quoteattr(str(each))}" for name, each in attributes)


def _text(shape: Shape, value: Any, time: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(_time(shape, value, time)) if isinstance(value, datetime) else str(value)
