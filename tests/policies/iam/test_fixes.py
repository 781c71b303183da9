"""The commands of the fixes of IAM, run in their order in a simulated account: nobody loses access on the way."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore import xform_name

from hipaa_guard.testing import Aws, all_controls, aws_account
from tests.policies.boto_names import model
from tests.policies.iam.states import READ, allow, create, document

OPERATIONS = {xform_name(name, "-"): name for name in model("iam").operation_names}


def commands(control: str) -> list[list[str]]:
    """The commands of a fix, each as its words after ``aws iam``."""
    text = all_controls()[control].fix_texts().cli
    assert text is not None
    lines = text.replace("\\\n", " ").splitlines()
    return [shlex.split(line)[2:] for line in lines if line.strip()]


def run(command: list[str], given: dict[str, str]) -> dict[str, Any]:
    """Run one command, with words of the fix replaced by real names."""
    operation = OPERATIONS[command[0]]
    members = {xform_name(name, "-"): name for name in model("iam").operation_model(operation).input_shape.members}
    arguments: dict[str, Any] = {}
    words = iter(command[1:])
    for option in words:
        value = next(words)
        arguments[members[option.removeprefix("--")]] = given.get(value, value)
    answer: dict[str, Any] = getattr(boto3.client("iam"), xform_name(operation))(**arguments)
    return answer


def test_a_key_is_rotated_without_a_gap() -> None:
    with aws_account():
        iam = boto3.client("iam")
        create(Aws(), "user")
        old = iam.create_access_key(UserName="phi-clinic")["AccessKey"]["AccessKeyId"]
        for command in commands("iam_access_key_max_age_90"):
            run(command, {"USER": "phi-clinic", "OLD_KEY_ID": old})
            keys = iam.list_access_keys(UserName="phi-clinic")["AccessKeyMetadata"]
            assert any(key["Status"] == "Active" for key in keys), f"no key is left after {command}"
        assert [key["AccessKeyId"] == old for key in keys] == [False]


def rights(kind: str) -> Callable[[], int]:
    """The number of policies that a holder has, its groups' included."""
    named = {f"{kind.title()}Name": "phi-clinic"}

    def count() -> int:
        iam = boto3.client("iam")
        held = len(getattr(iam, f"list_{kind}_policies")(**named)["PolicyNames"])
        held += len(getattr(iam, f"list_attached_{kind}_policies")(**named)["AttachedPolicies"])
        return held + (len(iam.list_groups_for_user(UserName="phi-clinic")["Groups"]) if kind == "user" else 0)

    return count


HOLDERS = ("user", "group", "role")
CONDITIONS = ("no_admin", "no_service_wildcard", "no_blocked_kms_actions")


@pytest.mark.parametrize("kind", HOLDERS)
@pytest.mark.parametrize(
    "control",
    ["iam_{}_no_administrator_access", *(f"iam_{{}}_inline_policy_{condition}" for condition in CONDITIONS)],
)
def test_a_holder_keeps_the_rights_of_its_task(control: str, kind: str) -> None:
    with aws_account():
        iam = boto3.client("iam")
        create(Aws(), kind)
        wide = iam.create_policy(PolicyName="wide", PolicyDocument=document(allow("*")))["Policy"]["Arn"]
        task = iam.create_policy(PolicyName="task", PolicyDocument=document(READ))["Policy"]["Arn"]
        iam.create_group(GroupName="readers")
        getattr(iam, f"attach_{kind}_policy")(**{f"{kind.title()}Name": "phi-clinic"}, PolicyArn=wide)
        given = {
            **dict.fromkeys(("NAME", kind.upper()), "phi-clinic"),
            "WIDE_POLICY_ARN": wide,
            "arn:aws:iam::aws:policy/AdministratorAccess": wide,
            "TASK_POLICY_ARN": task,
            "file://least.json": document(READ),
        }
        if kind == "user":
            given["GROUP"] = "readers"
        for command in commands(control.format(kind)):
            run(command, given)
            assert rights(kind)(), f"the holder has no rights after {command}"
        attached = getattr(iam, f"list_attached_{kind}_policies")(**{f"{kind.title()}Name": "phi-clinic"})
        assert wide not in json.dumps(attached["AttachedPolicies"])


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_who_adds_the_rights_of_the_task_is_told_to_take_the_wide_ones_away(kind: str) -> None:
    """The HCL of the fix stands beside the attachment that is the gap, and does not remove it."""
    texts = all_controls()[f"iam_{kind}_no_administrator_access"].fix_texts()
    assert "AdministratorAccess" not in (texts.terraform or "")
    assert "remove the attachment of AdministratorAccess" in (texts.note or "")
