"""Tables are held against AWS's own models."""

from __future__ import annotations

from hipaa_guard.facts.readings import Listing, ask, listed
from hipaa_guard.facts.resource import Resource, fact
from tests.aws.clinic import KINDS, LIVE, Key
from tests.policies.boto_names import misspelt


def test_right_tables_have_no_complaint() -> None:
    assert misspelt(KINDS) == []


class Wrong(Resource):
    aws = Listing("kms.list_keys", "Keys[]", arn="{KeyARN}", name="KeyId")

    colour: str = fact(live_only=LIVE, aws=listed("Colour"))
    rotation: str = fact(live_only=LIVE, aws=ask("kms.get_key_rotation_status", "KeyRotation", KeyId="{KeyId}"))
    parameter: str = fact(live_only=LIVE, aws=ask("kms.get_key_policy", "Policy", KeyID="{KeyId}"))
    required: str = fact(live_only=LIVE, aws=ask("kms.describe_key", "KeyMetadata"))
    field: str = fact(live_only=LIVE, aws=ask("kms.describe_key", "KeyMetadata", KeyId="{Id}"))
    operation: str = fact(live_only=LIVE, aws=ask("kms.describe_lock", "KeyMetadata"))
    condition: str = fact(live_only=LIVE, aws=ask("kms.list_aliases", "Aliases[?KeyId=={KeyId}].AliasName"))
    syntax: str = fact(live_only=LIVE, aws=ask("kms.list_aliases", "Aliases[?"))


class Elsewhere(Key):
    aws = Listing("keys.list_keys", "Keys[]")


def test_wrong_names_are_named() -> None:
    complaints = misspelt([Wrong, Elsewhere])
    for words in (
        "no listed element has a field KeyARN: did you mean KeyArn?",
        "Wrong.colour: KeyListEntry has no field Colour",
        "Wrong.rotation: GetKeyRotationStatusResponse has no field KeyRotation: did you mean KeyRotationEnabled?",
        "Wrong.parameter: kms.get_key_policy has no parameter KeyID: did you mean KeyId?",
        "Wrong.required: kms.describe_key needs KeyId",
        "Wrong.field: no listed element has a field Id",
        "Wrong.operation: kms has no operation describe_lock: did you mean describe_key?",
        "Wrong.condition: AliasListEntry has no field KeyId: did you mean TargetKeyId?",
        "Wrong.syntax: Aliases[? is no JMESPath",
        "boto3 has no service keys",
    ):
        assert any(words in each for each in complaints), (words, complaints)
