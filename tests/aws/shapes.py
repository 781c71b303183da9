"""Answers of AWS as bytes, made from botocore's output shapes, for each protocol that an AWS service speaks."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Shape = Any
"""A shape of botocore's model."""

CBOR = "smithy-rpc-v2-cbor"
DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """A response of HTTP."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


# --- Answers -----------------------------------------------------------------------------------------------------


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


# --- JSON and CBOR -----------------------------------------------------------------------------------------------


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


def cbor(value: Any) -> bytes:
    """A value as CBOR (RFC 8949)."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case datetime():
            return _head(6, 1) + cbor(value.timestamp())
        case dict():
            return _head(5, len(value)) + b"".join(cbor(key) + cbor(each) for key, each in value.items())
        case _:
            return _head(4, len(value)) + b"".join(map(cbor, value))


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    return bytes([major << 5 | 27]) + struct.pack(">Q", number)


# --- XML ---------------------------------------------------------------------------------------------------------


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


# --- Samples -----------------------------------------------------------------------------------------------------


def least(shape: Shape) -> dict[str, Any]:
    """The smallest answer of an output shape: its lists and maps are empty, and what it must have is there."""
    if shape is None:
        return {}
    lists: dict[str, Any] = {
        name: [] if each.type_name == "list" else {} for name, each in shape.members.items() if _holds_many(each)
    }
    return {
        **lists,
        **{name: sample(shape.members[name], name) for name in shape.required_members if name not in lists},
    }


def _holds_many(shape: Shape) -> bool:
    return shape.type_name in ("list", "map") and not shape.serialization.get("location")


def sample(shape: Shape, name: str = "", *, region: str = "us-east-1", without: frozenset[str] = frozenset()) -> Any:
    """A value of a shape with all of its members, but those named `without`, and one element in each list."""
    return _Samples(region, without).of(shape, name, ())


ACCOUNT = "111122223333"


@dataclass(frozen=True, slots=True)
class _Samples:
    region: str
    without: frozenset[str]

    def of(self, shape: Shape, name: str, above: tuple[str, ...]) -> Any:
        inside = (*above, shape.name)
        match shape.type_name:
            case "structure":
                if shape.is_document_type or above.count(shape.name) > 0:
                    return {}
                members = {each: member for each, member in shape.members.items() if each not in self.without}
                if shape.is_tagged_union:
                    members = dict(list(members.items())[:1])
                return {each: self.of(member, each, inside) for each, member in members.items()}
            case "list":
                recursive = shape.member.name in above
                return [] if recursive else [self.of(shape.member, name, inside)]
            case "map":
                return {self.of(shape.key, "key", inside): self.of(shape.value, name, inside)}
            case "string":
                return self._text(shape, name)
            case other:
                return _SCALARS[other]

    def _text(self, shape: Shape, name: str) -> str:
        if shape.enum:
            return str(shape.enum[0])
        low = name.lower()
        if ("policy" in low and "arn" not in low and "name" not in low) or "document" in low:
            return '{"Version":"2012-10-17","Statement":[]}'
        if low.endswith("arn"):
            return f"arn:aws:service:{self.region}:{ACCOUNT}:thing/one"
        if low.endswith("region"):
            return self.region
        if low.endswith(("ownerid", "accountid", "account")):
            return ACCOUNT
        return "one".ljust(int(shape.metadata.get("min", 0)), "1")


_SCALARS: Mapping[str, Any] = {
    "blob": b"one",
    "boolean": True,
    "bigdecimal": 1,
    "double": 1.5,
    "float": 1.5,
    "integer": 1,
    "long": 1,
    "timestamp": DAY,
}
