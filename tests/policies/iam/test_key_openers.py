"""Rights with which a holder can let itself decrypt with every KMS key, and conditions that name no key."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import LOW, MEDIUM
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource
from tests.policies.iam.states import allow, granted

MANAGED = "iam_managed_policy_no_blocked_kms_actions"
KINDS = ("user", "role", "group")
OPENERS = ("kms:CreateGrant", "kms:PutKeyPolicy", "kms:Create*", "kms:P*")
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DENIED = {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}

GRANT_TO_ITSELF: dict[str, dict[str, Any]] = {
    "operations with decryption": {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "Decrypt"]}},
    "operations by a pattern": {"ForAllValues:StringLike": {"kms:GrantOperations": "*crypt*"}},
    "one of the operations": {"ForAnyValue:StringEquals": {"kms:GrantOperations": "Encrypt"}},
    "any grantee": {"StringLike": {"kms:GranteePrincipal": "*"}},
    "services, where that is told": {"BoolIfExists": {"kms:GrantIsForAWSResource": "true"}},
    "no service": {"Bool": {"kms:GrantIsForAWSResource": "false"}},
    "a second factor": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    "a constraint": {"StringEquals": {"kms:GrantConstraintType": "EncryptionContextSubset"}},
}
GRANT_TO_OTHERS: dict[str, dict[str, Any]] = {
    "services": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    "a role": {"StringEquals": {"kms:GranteePrincipal": "arn:aws:iam::111122223333:role/backup"}},
    "a service": {"StringEquals": {"kms:GranteeServicePrincipal": "dynamodb.amazonaws.com"}},
    "operations without decryption": {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "DescribeKey"]}},
    "what EC2 asks": {"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}},
    "keys with a tag": {"StringEquals": {"aws:ResourceTag/team": "claims"}},
}

test_openers = cases(
    *(
        Case(MANAGED, f"{action} with every key", FAIL, granted("managed", allow(action)), severity=LOW)
        for action in OPENERS
    ),
    *(Case(MANAGED, f"{action} with one key", PASS, granted("managed", allow(action, KEY))) for action in OPENERS),
    *(
        Case(MANAGED, f"{action} beside a denial", PASS, granted("managed", allow(action), DENIED))
        for action in OPENERS
    ),
    *(
        Case(
            f"iam_{kind}_inline_policy_no_blocked_kms_actions",
            "both",
            FAIL,
            granted(kind, allow("kms:PutKeyPolicy"), allow("kms:CreateGrant")),
            severity=LOW,
            says="allows kms:CreateGrant and kms:PutKeyPolicy with every key, by which its holder can let itself decrypt",
        )
        for kind in KINDS
    ),
    *(
        Case(
            MANAGED,
            f"grants for {whom}",
            FAIL,
            granted("managed", allow("kms:CreateGrant", Condition=it)),
            severity=LOW,
        )
        for whom, it in GRANT_TO_ITSELF.items()
    ),
    *(
        Case(MANAGED, f"grants for {whom} alone", PASS, granted("managed", allow("kms:CreateGrant", Condition=it)))
        for whom, it in GRANT_TO_OTHERS.items()
    ),
    Case(
        MANAGED,
        "decryption itself is told first",
        FAIL,
        granted("managed", allow("kms:CreateGrant"), allow("kms:Decrypt")),
        severity=MEDIUM,
        says="allows kms:Decrypt or kms:ReEncryptFrom with every key",
    ),
    Case(
        MANAGED,
        "all of KMS in requests for grants of services",
        PASS,
        granted("managed", allow("kms:*", Condition=GRANT_TO_OTHERS["services"])),
    ),
    Case(
        MANAGED,
        "operations that are not known",
        UNKNOWN,
        terraform='variable "x" {}\n'
        + resource(
            "aws_iam_policy",
            'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:CreateGrant", Resource = "*", '
            'Condition = { "ForAllValues:StringEquals" = { "kms:GrantOperations" = [var.x] } } }] })',
        ),
    ),
)

OF_EVERY_KEY: dict[str, dict[str, Any]] = {
    "the name of a context": {"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "aws:ebs:id"}},
    "every object of S3": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::*"}},
    "every secret": {"StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:*:secret:*"}},
}
OF_SOME: dict[str, dict[str, Any]] = {
    "a context": {"StringEquals": {"kms:EncryptionContext:team": "claims"}},
    "objects of one bucket": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::phi/*"}},
    "one secret": {"StringLike": {"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:*:secret:claims-*"}},
}

test_contexts = cases(
    *(
        Case(MANAGED, f"decryption of {what}", FAIL, granted("managed", allow("kms:Decrypt", Condition=it)))
        for what, it in OF_EVERY_KEY.items()
    ),
    *(
        Case(MANAGED, f"decryption of {what} alone", PASS, granted("managed", allow("kms:Decrypt", Condition=it)))
        for what, it in OF_SOME.items()
    ),
)
