"""An answer that was cut, is foreign or has another form is none of AWS's: for each operation of a scan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hipaa_guard.aws.calling.raw_answers import SpoiltAnswerError, UnservedOperationError, check, from_aws
from tests.aws.shapes.answers import Said, refused, said
from tests.aws.shapes.samples import sample
from tests.aws.test_faults import readers
from tests.aws.wire import model_of

PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Welcome to the guest network</p></body></html>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
OTHERS = ["config.get_discovered_resource_counts", "resource-explorer-2.list_resources", "sts.get_caller_identity"]


def whole(model: Any) -> Said:
    """An answer as AWS sends it, with everything in it."""
    return said(model, sample(model.output_shape))


def received(answer: Said, length: int | None = None) -> dict[str, Any]:
    """An answer as botocore hands it to the check, with the length that its header says."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    headers["content-length"] = str(len(answer.body) if length is None else length)
    return {"status_code": answer.status, "headers": headers, "body": answer.body}


SPOILT: dict[str, Callable[[Any], dict[str, Any]]] = {
    "cut in the middle": lambda model: received(
        Said(200, whole(model).body[: len(whole(model).body) // 2], whole(model).headers), len(whole(model).body)
    ),
    "cut at the last byte": lambda model: received(
        Said(200, whole(model).body[:-1], whole(model).headers), len(whole(model).body)
    ),
    "cut to nothing": lambda model: received(Said(200, b"", whole(model).headers), len(whole(model).body)),
    "a part (206)": lambda model: received(Said(206, whole(model).body, whole(model).headers)),
    "a page": lambda _: received(Said(200, PAGE, HTML)),
    "a page without a type": lambda _: received(Said(200, PAGE)),
    "empty": lambda _: received(Said(200)),
    "blank": lambda _: received(Said(200, b" \n")),
    "bytes": lambda _: received(Said(200, bytes(range(128, 256)))),
    "a list": lambda _: received(Said(200, b"[]")),
    "a text": lambda _: received(Said(200, b'"{}"')),
    "another root": lambda _: received(Said(200, b"<Hello/>")),
    "an error that claims to be none": lambda _: received(Said(200, b"<Error><Code>SlowDown</Code></Error>")),
    "an error page (403)": lambda _: received(Said(403, PAGE, HTML)),
    "an error page (500)": lambda _: received(Said(500, PAGE, HTML)),
    "an error without a word (502)": lambda _: received(Said(502)),
    "another's JSON (403)": lambda _: received(Said(403, b'{"blocked": true}', {"Content-Type": "application/json"})),
    "a proxy that wants to know who asks (407)": lambda _: received(Said(407, PAGE, HTML)),
}
# What the payload of an operation is nobody can tell where it is any text: GetBucketPolicy answers the policy itself.
ANY_TEXT = {"a page", "a page without a type", "blank", "bytes", "a list", "a text", "another root"}
ANY_TEXT |= {"an error that claims to be none"}


def operations() -> list[str]:
    return [*readers(), *OTHERS]


def answers_any_text(model: Any) -> bool:
    payload = model.output_shape.serialization.get("payload")
    return payload is not None and model.output_shape.members[payload].type_name in ("blob", "string")


def spoilt() -> Iterator[Any]:
    for operation in operations():
        for how in SPOILT:
            if not (how in ANY_TEXT and answers_any_text(model_of(operation))):
                yield pytest.param(operation, how, id=f"{operation} {how}")


@pytest.mark.parametrize(("operation", "how"), spoilt())
def test_what_aws_did_not_say_is_no_answer(operation: str, how: str) -> None:
    model = model_of(operation)
    with pytest.raises(SpoiltAnswerError):
        check(model, SPOILT[how](model))


@pytest.mark.parametrize("operation", operations())
def test_what_aws_says_is_an_answer(operation: str) -> None:
    model = model_of(operation)
    check(model, received(whole(model)))
    check(model, received(refused(model, "AccessDenied", 403)))
    check(model, received(refused(model, "InternalFailure", 500)))
    check(model, received(Said(503, b"", {"x-amzn-requestid": "1234"})))


def in_json() -> list[str]:
    """Operations whose answers are JSON objects."""
    found = []
    for operation in operations():
        model = model_of(operation)
        if model.service_model.resolved_protocol in ("json", "rest-json") and not answers_any_text(model):
            found.append(operation)
    return found


@pytest.mark.parametrize("operation", in_json())
def test_the_answer_of_another_operation_is_none(operation: str) -> None:
    """Where the two have no member in common but those of paging, which botocore would read as an empty answer."""
    model, tried = model_of(operation), 0
    for other in map(model_of, in_json()):
        common = model.output_shape.members.keys() & other.output_shape.members.keys()
        if (
            all(name.lower() in ("nexttoken", "nextmarker", "truncated") for name in common)
            and other.name != model.name
        ):
            tried += 1
            with pytest.raises(SpoiltAnswerError):
                check(model, received(whole(other)))
    assert tried


@pytest.mark.parametrize("status", [404, 405, 501])
def test_an_endpoint_without_the_operation_is_told_apart(status: int) -> None:
    with pytest.raises(UnservedOperationError):
        check(model_of("kms.list_keys"), received(Said(status, b"Not yet implemented", {"Content-Type": "text/plain"})))


@pytest.mark.parametrize(
    ("headers", "body", "signed"),
    [
        ({"x-amzn-requestid": "1"}, b"{}", True),
        ({"x-amz-request-id": "1"}, b"", True),
        ({}, b"<A><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></A>", True),
        ({}, b"<A><requestId>1</requestId></A>", True),
        ({"x-request-id": "1"}, b"{}", False),
        ({}, b"{}", False),
    ],
)
def test_the_request_id_shows_whose_an_answer_is(headers: dict[str, str], body: bytes, signed: bool) -> None:
    assert from_aws(headers, body) is signed
