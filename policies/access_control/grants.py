"""What IAM policies grant: not everything, not whole services, not every key that protects ePHI."""

from hipaa_guard.authoring import (
    HIGH,
    LOW,
    MEDIUM,
    Fix,
    Member,
    PolicyDocument,
    Statement,
    Verdict,
    failed,
    family,
    gathered,
    passed,
)
from hipaa_guard.controls.reasons import TAKES_RIGHTS
from hipaa_guard.judging.iam_policies import Document, Grant, Holder, free_services, given_by, grants, has_conditions
from hipaa_guard.judging.iam_roles import TASK, if_ours, role_trusting
from hipaa_guard.services import iam, iam_grants

_NAMED = 5
"""How many patterns a message names."""


def fix(type: str, action: str, resource: str) -> Fix:
    """A policy of the least that is needed, in the place where the kind keeps it."""
    document = f"""jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = ["{action}"]
      Resource = "{resource}"
    }}]
  }})"""
    if type == "policy":
        return Fix(
            terraform=f'resource "aws_iam_policy" "phi" {{\n  policy = {document}\n}}',
            cli="aws iam create-policy-version --policy-arn POLICY_ARN --policy-document file://least.json --set-as-default",
            note="A policy has five versions at most: delete an old one first, where it has.",
            not_by_machine=TAKES_RIGHTS,
        )
    main = f"{role_trusting(TASK)}\n" if type == "role" else ""
    return Fix(
        terraform=(
            f'{main}resource "aws_iam_{type}_policy" "phi" {{\n'
            f"  {type}   = aws_iam_{type}.phi.name\n  policy = {document}\n}}"
        ),
        cli=f"""
            aws iam put-{type}-policy --{type}-name {type.upper()} --policy-name POLICY --policy-document file://least.json
            aws iam detach-{type}-policy --{type}-name {type.upper()} --policy-arn WIDE_POLICY_ARN
        """,
        note="Give the rights of the task first and take the wide ones then, so that nobody's work stops between.",
        not_by_machine=TAKES_RIGHTS,
    )


READ_RECORDS = ("s3:GetObject", "arn:aws:s3:::phi-records/*")
USE_KEY = ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")

ADMIN = {
    "prowler": "iam_inline_policy_no_administrative_privileges",
    "cdk_nag": "HIPAA.Security-IAMPolicyNoStatementsWithAdminAccess",
}
KMS = {
    "prowler": "iam_inline_policy_no_full_access_to_kms",
    "aws_config": "iam-inline-policy-blocked-kms-actions",
    "powerpipe": "iam_policy_inline_no_blocked_kms_actions",
}


@family(
    Member(
        "iam_managed_policy_no_admin",
        iam.Policy,
        title="Customer managed policies do not grant every action on every resource",
        fix=fix("policy", *READ_RECORDS),
        peers={
            "prowler": (
                "iam_customer_attached_policy_no_administrative_privileges",
                "iam_customer_unattached_policy_no_administrative_privileges",
            ),
            "aws_config": "iam-policy-no-statements-with-admin-access",
            "powerpipe": "iam_policy_no_star_star",
            "cdk_nag": "HIPAA.Security-IAMPolicyNoStatementsWithAdminAccess",
        },
    ),
    Member(
        "iam_user_inline_policy_no_admin",
        iam.User,
        title="Inline policies and policies of AWS do not grant IAM users every action on every resource",
        fix=fix("user", *READ_RECORDS),
        peers=ADMIN,
        refines="iam_user_no_administrator_access",
    ),
    Member(
        "iam_role_inline_policy_no_admin",
        iam.Role,
        title="Inline policies and policies of AWS do not grant IAM roles every action on every resource",
        fix=fix("role", *READ_RECORDS),
        peers=ADMIN,
        refines="iam_role_no_administrator_access",
    ),
    Member(
        "iam_group_inline_policy_no_admin",
        iam.Group,
        title="Inline policies and policies of AWS do not grant IAM groups every action on every resource",
        fix=fix("group", *READ_RECORDS),
        peers=ADMIN,
        refines="iam_group_no_administrator_access",
    ),
    severity=HIGH,
    hipaa=("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    why="Whoever holds such a policy can read, change and delete all ePHI, and the record of having done so.",
)
def no_admin(holder: Holder) -> Verdict:
    def find(statement: Statement, policy: PolicyDocument) -> list[Grant]:
        return [Grant(iam_grants.in_words(statement))] if iam_grants.grants_everything(statement, policy) else []

    def together(policies: list[Document]) -> list[Grant]:
        return [Grant("every action on every resource")] if iam_grants.grants_everything_together(policies) else []

    found = grants(find, together, holder)
    if found:
        return if_ours(holder, failed(f"allows {found[0].words}{given_by(found[:1])}"))
    return passed("does not allow every action on every resource")


@family(
    Member(
        "iam_managed_policy_no_service_wildcard",
        iam.Policy,
        title="Customer managed policies do not grant all actions of a service on all resources",
        fix=fix("policy", *READ_RECORDS),
        refines="iam_managed_policy_no_admin",
    ),
    Member(
        "iam_user_inline_policy_no_service_wildcard",
        iam.User,
        title="Inline policies and policies of AWS do not grant IAM users all actions of a service on all resources",
        fix=fix("user", *READ_RECORDS),
        refines=("iam_user_inline_policy_no_admin", "iam_user_no_administrator_access"),
    ),
    Member(
        "iam_role_inline_policy_no_service_wildcard",
        iam.Role,
        title="Inline policies and policies of AWS do not grant IAM roles all actions of a service on all resources",
        fix=fix("role", *READ_RECORDS),
        refines=("iam_role_inline_policy_no_admin", "iam_role_no_administrator_access"),
    ),
    Member(
        "iam_group_inline_policy_no_service_wildcard",
        iam.Group,
        title="Inline policies and policies of AWS do not grant IAM groups all actions of a service on all resources",
        fix=fix("group", *READ_RECORDS),
        refines=("iam_group_inline_policy_no_admin", "iam_group_no_administrator_access"),
    ),
    severity=MEDIUM,
    hipaa=("164.308(a)(4)(i)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
    why=(
        "A grant such as s3:* or dynamodb:* on all resources reaches ePHI that its holders have no task with, and lets "
        "them open it to others."
    ),
)
def no_service_wildcard(holder: Holder) -> Verdict:
    # Who holds all of IAM can grant itself the rest.
    def find(statement: Statement, policy: PolicyDocument) -> list[Grant]:
        services = iam_grants.whole_services(statement, policy)
        severity = HIGH if services and iam_grants.has_all_of_iam(statement, policy) else None
        is_bound = bool(services) and has_conditions(statement)
        return [Grant(each, is_bound=is_bound, severity=severity) for each in services]

    def together(policies: list[Document]) -> list[Grant]:
        services = iam_grants.whole_services_together(policies)
        free = free_services(policies) if services else []
        return [
            Grant(
                f"as much as {each}:*, action by action,",
                is_bound=each not in free,
                severity=HIGH if each == "iam" else None,
            )
            for each in services
        ]

    found = grants(find, together, holder)
    if not found:
        return passed("does not allow all actions of a service on all resources")
    names = list({each.words: None for each in found})
    free = {each.words for each in found if not each.is_bound}
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    bound = "" if free.issuperset(names) else ", some under conditions" if free else ", under conditions"
    message = f"allows {', '.join(names[:_NAMED])}{more} on all resources{bound}{given_by(found)}"
    return if_ours(holder, failed(message, next((each.severity for each in found if each.severity), None)))


@family(
    Member(
        "iam_managed_policy_no_blocked_kms_actions",
        iam.Policy,
        title="Customer managed policies do not let their holders decrypt with every KMS key",
        fix=fix("policy", *USE_KEY),
        peers={
            "prowler": "iam_policy_no_full_access_to_kms",
            "aws_config": "iam-customer-policy-blocked-kms-actions",
            "powerpipe": "iam_policy_custom_no_blocked_kms_actions",
        },
        refines="iam_managed_policy_no_admin",
    ),
    Member(
        "iam_user_inline_policy_no_blocked_kms_actions",
        iam.User,
        title="Inline policies and policies of AWS do not let IAM users decrypt with every KMS key",
        fix=fix("user", *USE_KEY),
        peers=KMS,
        refines=("iam_user_inline_policy_no_admin", "iam_user_no_administrator_access"),
    ),
    Member(
        "iam_role_inline_policy_no_blocked_kms_actions",
        iam.Role,
        title="Inline policies and policies of AWS do not let IAM roles decrypt with every KMS key",
        fix=fix("role", *USE_KEY),
        peers=KMS,
        refines=("iam_role_inline_policy_no_admin", "iam_role_no_administrator_access"),
    ),
    Member(
        "iam_group_inline_policy_no_blocked_kms_actions",
        iam.Group,
        title="Inline policies and policies of AWS do not let members of IAM groups decrypt with every KMS key",
        fix=fix("group", *USE_KEY),
        peers=KMS,
        refines=("iam_group_inline_policy_no_admin", "iam_group_no_administrator_access"),
    ),
    severity=MEDIUM,
    hipaa=("164.312(a)(2)(iv)", "164.312(a)(1)"),
    why="Encryption keeps ePHI from nobody who may decrypt with every key: everyone needs the keys of their own task only.",
)
def no_blocked_kms_actions(holder: Holder) -> Verdict:
    def find(statement: Statement, policy: PolicyDocument) -> list[Grant]:
        def decrypts() -> list[Grant]:
            if not iam_grants.decrypts_with_any_key(statement, policy):
                return []
            services = iam_grants.services_between(statement)
            return [Grant(each, is_bound=True) for each in services] or [Grant(_DECRYPTS)]

        def opens() -> list[Grant]:
            return [Grant(each, severity=LOW) for each in iam_grants.opens_any_key(statement, policy)]

        return gathered(lambda look: look(), (decrypts, opens))

    found = grants(find, lambda _: [], holder)
    free = [each for each in found if each.words == _DECRYPTS]
    if free:
        return if_ours(holder, failed(f"allows {_DECRYPTS} with every key{given_by(free[:1])}"))
    behind = sorted({each.words for each in found if each.is_bound})
    if behind:
        message = f"allows to decrypt with every key that {', '.join(behind)} uses: it names no key"
        return if_ours(holder, failed(message, LOW))
    if found:
        actions = " and ".join(sorted({each.words for each in found}))
        message = f"allows {actions} with every key, by which its holder can let itself decrypt{given_by(found)}"
        return if_ours(holder, failed(message, LOW))
    return passed("does not allow to decrypt with every key")


_DECRYPTS = "kms:Decrypt or kms:ReEncryptFrom"
