"""The control on the rotation of keys, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hipaa_guard.services import kms
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, answered, cases
from tests.policies.kms.states import UNSET, described, hcl, nothing, rotated

ROTATION = "kms_key_rotation_enabled"


def unseen_rotation(session: Any) -> None:
    described()(session)
    error = {"Error": {"Code": "AccessDeniedException", "Message": "not allowed"}}
    answered(session, "kms", "GetKeyRotationStatus", error, status=400)


REPLICA: dict[str, Any] = {"MultiRegion": True, "MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA"}}

test_rotation = cases(
    Case(ROTATION, "off is the default", FAIL, rotated(on=False), terraform=hcl()),
    Case(ROTATION, "on", PASS, rotated(on=True), terraform=hcl("enable_key_rotation = true")),
    Case(ROTATION, "off, said aloud", FAIL, terraform=hcl("enable_key_rotation = false")),
    *(
        Case(
            ROTATION,
            f"every {days} days",
            verdict,
            rotated(on=True, days=days),
            terraform=hcl("enable_key_rotation = true", f"rotation_period_in_days = {days}"),
            says=f"every {days} days",
        )
        for days, verdict in ((90, PASS), (365, PASS), (366, FAIL), (2560, FAIL))
    ),
    Case(
        ROTATION,
        "a period, but off",
        FAIL,
        terraform=hcl("enable_key_rotation = false", "rotation_period_in_days = 90"),
        says="never",
    ),
    Case(
        ROTATION,
        "a period that is a variable without a value",
        UNKNOWN,
        terraform=UNSET + hcl("enable_key_rotation = true", "rotation_period_in_days = var.unset"),
    ),
    Case(
        ROTATION,
        "a period that AWS does not know",
        UNKNOWN,
        terraform=hcl("enable_key_rotation = true", "rotation_period_in_days = 30"),
    ),
    Case(ROTATION, "on, and AWS does not tell how often", UNKNOWN, rotated(on=True, days=None)),
    *(
        Case(
            ROTATION,
            f"a key for {usage}",
            NOT_APPLICABLE,
            rotated(on=False, KeyUsage=usage, KeySpec=spec),
            terraform=hcl(f'customer_master_key_spec = "{spec}"', f'key_usage = "{usage}"'),
            says=usage,
        )
        for usage, spec in (
            ("SIGN_VERIFY", "ECC_NIST_P256"),
            ("GENERATE_VERIFY_MAC", "HMAC_512"),
            ("KEY_AGREEMENT", "ECC_NIST_P384"),
        )
    ),
    Case(
        ROTATION,
        "a key that signs as ML-DSA",
        NOT_APPLICABLE,
        rotated(on=False, KeyUsage="SIGN_VERIFY", KeySpec="ML_DSA_65"),
    ),
    Case(
        ROTATION,
        "a key that encrypts, whose spec is a variable without a value",
        UNKNOWN,
        terraform=UNSET + hcl("customer_master_key_spec = var.unset", 'key_usage = "ENCRYPT_DECRYPT"'),
    ),
    Case(
        ROTATION,
        "disabled",
        NOT_APPLICABLE,
        rotated(on=False, KeyState="Disabled"),
        terraform=hcl("is_enabled = false"),
        says="is disabled",
    ),
    Case(
        ROTATION,
        "perhaps disabled",
        UNKNOWN,
        terraform=UNSET + hcl("is_enabled = var.unset"),
    ),
    *(
        Case(ROTATION, f"in the state {state}", NOT_APPLICABLE, rotated(on=False, KeyState=state), says="deletion")
        for state in ("PendingDeletion", "PendingReplicaDeletion")
    ),
    Case(
        ROTATION,
        "an RSA key",
        NOT_APPLICABLE,
        rotated(on=False, KeySpec="RSA_2048"),
        terraform=hcl('customer_master_key_spec = "RSA_2048"'),
    ),
    Case(
        ROTATION,
        "an HMAC key",
        NOT_APPLICABLE,
        rotated(on=False, KeySpec="HMAC_256"),
        terraform=hcl('customer_master_key_spec = "HMAC_256"'),
    ),
    Case(
        ROTATION,
        "imported material",
        NOT_APPLICABLE,
        rotated(on=False, Origin="EXTERNAL"),
        terraform=hcl(type="aws_kms_external_key"),
    ),
    Case(
        ROTATION,
        "material in a CloudHSM cluster",
        NOT_APPLICABLE,
        rotated(on=False, Origin="AWS_CLOUDHSM"),
        terraform=hcl('custom_key_store_id = "cks-1234567890abcdef0"'),
    ),
    Case(
        ROTATION,
        "material outside AWS",
        NOT_APPLICABLE,
        rotated(on=False, Origin="EXTERNAL_KEY_STORE"),
        terraform=hcl('custom_key_store_id = "cks-1234567890abcdef0"', 'xks_key_id = "key-1"'),
    ),
    Case(
        ROTATION,
        "a replica",
        NOT_APPLICABLE,
        rotated(on=False, **REPLICA),
        terraform=hcl("primary_key_arn = var.unset", type="aws_kms_replica_key") + UNSET,
    ),
    Case(ROTATION, "a key of AWS", NOT_APPLICABLE, rotated(on=True, KeyManager="AWS")),
    Case(
        ROTATION,
        "a key store that may be none",
        UNKNOWN,
        terraform=UNSET + hcl("custom_key_store_id = var.unset"),
    ),
    Case(ROTATION, "may not be read", UNKNOWN, aws=nothing, answers=unseen_rotation, says="kms:GetKeyRotationStatus"),
)


def values(fact: str) -> tuple[str, ...]:
    """All values that a fact of keys can have, by its table."""
    allowed = kms.Key.facts[fact].allowed
    assert allowed is not None
    return tuple(str(value) for value in allowed.values)


# Fact: the field of AWS's answer, and whether a key with the value is one that KMS can rotate.
ROTATABLE: dict[str, tuple[str, Callable[[str], bool]]] = {
    "spec": ("KeySpec", lambda value: value == "SYMMETRIC_DEFAULT"),
    "usage": ("KeyUsage", lambda value: value == "ENCRYPT_DECRYPT"),
    "material": ("Origin", lambda value: value == "AWS_KMS"),
    "state": ("KeyState", lambda value: value not in ("Disabled", "PendingDeletion", "PendingReplicaDeletion")),
}

test_rotation_of_all_keys_there_are = cases(
    *(
        Case(
            ROTATION,
            f"the {fact} {value}",
            FAIL if can_be_rotated(value) else NOT_APPLICABLE,
            rotated(on=False, days=None, **{field: value}),
        )
        for fact, (field, can_be_rotated) in ROTATABLE.items()
        for value in values(fact)
    )
)
