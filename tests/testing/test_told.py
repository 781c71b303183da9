"""One state in both languages, and what becomes of it in a case."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.facts.values import Unknown
from hipaa_guard.testing import FAIL, PASS, Aws, Case, Told, answered, aws_account, aws_inventory, check, resource
from hipaa_guard.testing import all_controls as controls

BUCKET = resource("aws_s3_bucket", 'bucket = "phi"')
VERSIONED = "s3_bucket_versioning_enabled"


def noted(words: list[str], word: str, made: object = None) -> Any:
    def seed(_: Any) -> object:
        words.append(word)
        return made

    return seed


def test_more_terraform_and_later_calls_come_after() -> None:
    words: list[str] = []
    told = Told("one", noted(words, "first", "id")) + Told("two", noted(words, "then")) + "three"
    assert told.text == "one\ntwo\nthree"
    assert told.make(None) == "id"
    assert words == ["first", "then"]


def test_answers_are_registered_one_after_the_other() -> None:
    words: list[str] = []
    told = Told(answers=noted(words, "first")) + Told(answers=noted(words, "then"))
    assert told.answers is not None
    told.answers(None)
    assert words == ["first", "then"]


def test_what_the_other_tells_takes_its_place() -> None:
    seed, other = noted([], "a"), noted([], "b")
    told = Told("text", seed) | Told(aws=other)
    assert (told.terraform, told.aws) == ("text", other)


def test_a_state_in_one_language_is_told_to_that_side() -> None:
    told = Told("text", noted([], "a"))
    assert Case("x", "in Terraform", PASS, told.in_terraform()).sides == ("terraform",)
    assert Case("x", "in AWS", PASS, told.in_aws()).sides == ("aws",)
    assert told.in_terraform(" more").text == "text more"
    with pytest.raises(AssertionError, match="has no AWS calls"):
        told.in_terraform().make(None)


def test_a_text_is_terraform_and_the_sides_may_be_told_apart() -> None:
    seed = noted([], "a")
    assert Case("x", "as before", PASS, "text", seed) == Case("x", "as before", PASS, terraform="text", aws=seed)


def test_no_side_is_told_twice() -> None:
    with pytest.raises(TypeError, match="x: said twice: terraform is given twice"):
        Case("x", "said twice", PASS, Told("one"), terraform="two")


def create(aws: Aws) -> None:
    aws.s3.create_bucket(Bucket="phi")


def test_what_one_case_made_is_not_there_in_the_next() -> None:
    control = controls()[VERSIONED]
    enabled = Told(
        aws=lambda aws: aws.s3.put_bucket_versioning(Bucket="phi", VersioningConfiguration={"Status": "Enabled"})
    )
    for _ in range(2):
        check(Case(VERSIONED, "enabled", PASS, Told(BUCKET, create) + enabled), "aws", control)
        check(Case(VERSIONED, "never configured", FAIL, Told(BUCKET, create)), "aws", control)


def test_what_one_case_was_answered_or_denied_ends_with_it() -> None:
    control = controls()[VERSIONED]
    with aws_account():
        create(Aws())

        def versioning(**told: Any) -> Any:
            (bucket,) = aws_inventory([control], **told)
            return bucket.peek(bucket.facts["versioning"])

        def enabled(session: Any) -> None:
            answered(session, "s3", "GetBucketVersioning", {"Status": "Enabled"})

        assert isinstance(versioning(denied="s3:GetBucketVersioning"), Unknown)
        assert versioning() is None
        assert versioning(answers=enabled) == "Enabled"
        assert isinstance(versioning(answers=enabled, denied="s3:GetBucketVersioning"), Unknown)
        assert versioning() is None
