"""What error codes mean."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from hipaa_guard.aws.planning.error_codes import CAUSES, CODES, Meaning, Refusal, classify, meaning_of
from hipaa_guard.facts.values import Cause


def refused(code: str, message: str = "", status: int = 400) -> Refusal:
    error = ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "ListKeys",
    )
    return classify(error, operation="kms.list_keys", region="eu-west-1", action="kms:ListKeys")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("AccessDenied", Meaning.DENIED),
        ("AccessDeniedException", Meaning.DENIED),
        ("UnauthorizedOperation", Meaning.DENIED),
        ("AuthorizationError", Meaning.DENIED),
        ("403", Meaning.DENIED),
        ("NoSuchBucket", Meaning.VANISHED),
        ("NoSuchBucketPolicy", Meaning.VANISHED),
        ("ResourceNotFoundException", Meaning.VANISHED),
        ("DBInstanceNotFound", Meaning.VANISHED),
        ("DBInstanceNotFoundFault", Meaning.VANISHED),
        ("InvalidInstanceID.NotFound", Meaning.VANISHED),
        ("ServerSideEncryptionConfigurationNotFoundError", Meaning.VANISHED),
        ("AWS.SimpleQueueService.NonExistentQueue", Meaning.VANISHED),
        ("NoAvailableConfigurationRecorder", Meaning.VANISHED),
        ("OptInRequired", Meaning.NOT_ENABLED),
        ("RequestLimitExceeded", Meaning.THROTTLED),
        ("SlowDown", Meaning.THROTTLED),
        ("ExpiredToken", Meaning.EXPIRED),
        ("SignatureDoesNotMatch", Meaning.BAD_CREDENTIALS),
        ("InternalFailure", Meaning.SERVER),
        ("ValidationException", Meaning.OURS),
        ("com.amazonaws.kms#ThrottlingException", Meaning.THROTTLED),
        ("Client.UnauthorizedOperation", Meaning.DENIED),
        ("Unheard", Meaning.OTHER),
    ],
)
def test_codes_mean_what_the_table_says(code: str, meaning: Meaning) -> None:
    assert meaning_of(code) is meaning


@pytest.mark.parametrize(
    ("status", "meaning"), [("503", Meaning.THROTTLED), ("509", Meaning.THROTTLED), ("500", Meaning.SERVER)]
)
def test_the_status_decides_where_the_code_says_nothing(status: str, meaning: Meaning) -> None:
    assert meaning_of("Unheard", status) is meaning


def test_no_code_has_two_meanings() -> None:
    codes = [code for found in CODES.values() for code in found]
    assert len(codes) == len(set(codes))


def test_every_meaning_has_a_cause_a_reason_and_a_hint() -> None:
    assert set(CAUSES) == set(Meaning)
    for meaning in Meaning:
        refusal = Refusal(meaning, "Code", "words", "kms.list_keys", "eu-west-1", "kms:ListKeys")
        assert "eu-west-1" in refusal.reason
        assert refusal.hint


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (ConnectTimeoutError(endpoint_url="https://x"), Meaning.UNREACHABLE),
        (EndpointConnectionError(endpoint_url="https://x"), Meaning.UNREACHABLE),
        (ReadTimeoutError(endpoint_url="https://x"), Meaning.SERVER),
        (NoCredentialsError(), Meaning.BAD_CREDENTIALS),
        (ParamValidationError(report="Invalid bucket name"), Meaning.SPOILT),
        (KeyError("anything"), Meaning.OURS),
    ],
)
def test_exceptions_mean_what_the_table_says(error: Exception, meaning: Meaning) -> None:
    assert classify(error, operation="s3.list_buckets", region="us-east-1", action="s3:X").meaning is meaning


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("... with an explicit deny in a service control policy", "by a service control policy of the organization"),
        ("... because no permissions boundary allows the kms:ListKeys action", "by the permissions boundary"),
        ("... because no identity-based policy allows the kms:ListKeys action", "by the policies of the role"),
        ("... with an explicit deny in a resource-based policy", "by the policy of the resource"),
    ],
)
def test_a_denial_tells_who_denied(message: str, words: str) -> None:
    refusal = refused("AccessDeniedException", message)
    assert words in refusal.reason
    assert refusal.unknown().cause is Cause.DENIED
    assert refusal.unknown().action == "kms:ListKeys"


def test_a_denial_is_absent_only_with_words() -> None:
    refusal = refused("AccessDeniedException", "Macie is not enabled.")
    assert not refusal.means_absent(("AccessDeniedException",))
    assert refusal.means_absent(("AccessDeniedException: macie is not enabled",))
    assert not refused("AccessDeniedException", "no").means_absent(("AccessDeniedException: macie is not enabled",))


def test_other_codes_are_absent_where_declared() -> None:
    assert refused("NoSuchEntity").means_absent(("NoSuchEntity",))
    assert not refused("NoSuchEntity").means_absent(())
    assert not refused("ThrottlingException").means_absent(("ThrottlingException",))
