"""A promise that fails names the control, the fact and the nearest right word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hipaa_guard.facts.readings import Block, Listing, ask
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.testing import all_controls
from tests.nearest import nearest, unknown_words
from tests.policies import test_every_policy as promises
from tests.policies.boto_names import misspelt

CONTROL = all_controls()["s3_bucket_versioning_enabled"]


def said(promise: Any, told: object) -> str:
    with pytest.raises(AssertionError) as raised:
        promise(told)
    return str(raised.value)


def test_the_nearest_word() -> None:
    assert (
        nearest("s3_bucket_versionning", ["s3_bucket_versioning", "kms_key"]) == ": did you mean s3_bucket_versioning?"
    )
    assert nearest("KeyARN", ["KeyArn", "KeyId"]) == ": did you mean KeyArn?"
    assert nearest("colour", ["KeyArn"]) == ""
    assert unknown_words(["b", "a"], ["a"]) == ["b does not exist"]


def test_a_citation_that_does_not_exist() -> None:
    message = said(promises.test_cites_the_rule, replace(CONTROL, hipaa=("164.312(c)(9)",)))
    assert message.startswith("s3_bucket_versioning_enabled: hipaa=")
    assert "164.312(c)(9) does not exist: did you mean 164.312(c)(" in message


def test_a_check_of_a_peer_that_does_not_exist() -> None:
    wrong = replace(CONTROL, peers={"prowler": ("s3_bucket_object_versionning",)})
    message = said(promises.test_names_only_checks_of_peers_that_exist, wrong)
    assert message.startswith("s3_bucket_versioning_enabled: peers=")
    assert "prowler: s3_bucket_object_versionning does not exist: did you mean s3_bucket_object_versioning?" in message


def test_a_peer_that_does_not_exist() -> None:
    message = said(promises.test_names_only_checks_of_peers_that_exist, replace(CONTROL, peers={"prowlr": ("x",)}))
    assert "prowlr does not exist: did you mean prowler?" in message


def test_cases_that_name_the_control_wrongly() -> None:
    message = said(promises.test_has_a_passing_and_a_failing_case, replace(CONTROL, id="s3_bucket_versionin_enabled"))
    assert message.startswith("s3_bucket_versionin_enabled has no case that is pass and none that is fail")
    assert "did you mean s3_bucket_versioning_enabled?" in message


def test_a_call_that_cannot_be_denied() -> None:
    assert promises.misspelt_call("s3:GetBucketAcl") == []
    assert promises.misspelt_call("s3:GetBucketAcls") == ["s3:GetBucketAcls does not exist: did you mean GetBucketAcl?"]
    assert promises.misspelt_call("dynamodbs:DescribeTable") == [
        "boto3 has no service dynamodbs: did you mean dynamodb?"
    ]


def test_a_side_that_is_not_told() -> None:
    message = said(promises.test_is_told_to_every_source_that_can_tell_it, replace(CONTROL, id="of_nobody"))
    assert message.startswith("of_nobody has no case that is told to aws and none to terraform")


def test_what_an_auditor_needs() -> None:
    assert said(promises.test_says_what_an_auditor_and_an_engineer_need, replace(CONTROL, why="no stop")).startswith(
        "s3_bucket_versioning_enabled: why= is no sentence: no stop"
    )


class Wrong(Resource):
    terraform = Block("aws_s3_bucket", joined_by="bucket", name="bucket_nam")
    aws = Listing("s3.list_buckets", "Buckets[]", arn="arn:aws:s3:::{Name}", name="Name")

    argument: str | None = fact(terraform="force_destroi", unset=None, terraform_only="in this test")
    split: str | None = fact(
        terraform="aws_s3_bucket_versioning.versioning_configuration.state", unset=None, terraform_only="in this test"
    )
    type: str | None = fact(terraform="aws_s3_bucket_versionin.mfa", unset=None, terraform_only="in this test")
    answer: str | None = fact(live_only="in this test", aws=ask("s3.get_bucket_versioning", "Statuss", Bucket="{Name}"))


class WrongJoin(Resource):
    terraform = Block("aws_s3_bucket", joined_by="buckett", name="bucket")

    status: str | None = fact(
        terraform="aws_s3_bucket_versioning.versioning_configuration.status", unset=None, terraform_only="in this test"
    )


class OfNoType(Resource):
    terraform = Block("aws_s3_bukket", name="bucket")

    name: str | None = fact(terraform="bucket", unset=None, terraform_only="in this test")


def test_an_argument_of_terraform_that_does_not_exist() -> None:
    wrong = promises.misspelt_paths(Wrong)
    assert any(
        "Wrong.argument: aws_s3_bucket: force_destroi does not exist: did you mean force_destroy?" in each
        for each in wrong
    )
    assert any(
        "Wrong.split: aws_s3_bucket_versioning: versioning_configuration.state does not exist" in e for e in wrong
    )
    assert any("Wrong.split" in each and "did you mean versioning_configuration.status?" in each for each in wrong)


def test_a_type_of_terraform_that_does_not_exist() -> None:
    assert any(
        "Wrong.type" in each and "did you mean aws_s3_bucket_versioning?" in each
        for each in promises.misspelt_paths(Wrong)
    )
    (wrong,) = promises.misspelt_paths(OfNoType)
    assert "OfNoType: the type aws_s3_bukket does not exist: did you mean aws_s3_bucket?" in wrong


def test_a_name_and_a_join_that_do_not_exist() -> None:
    assert "bucket_nam does not exist: did you mean bucket" in said(promises.test_every_naming_argument_exists, Wrong)
    assert "buckett does not exist: did you mean bucket?" in said(promises.test_every_join_exists, WrongJoin)
    assert "did you mean aws_s3_bucket_versioning?" in said(promises.test_every_join_exists, Wrong)


def test_a_member_of_an_answer_that_does_not_exist() -> None:
    (wrong,) = misspelt([Wrong])
    assert "Wrong.answer: GetBucketVersioningOutput has no field Statuss: did you mean Status?" in wrong
