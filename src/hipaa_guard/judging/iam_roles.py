"""Parts that controls on IAM roles share: roles that AWS keeps, and the trust policies that their fixes show.

No control asks the customer to change what only AWS, or a permission set, changes.
"""

from collections.abc import Mapping

from hipaa_guard.authoring import Resource, Verdict, not_applicable
from hipaa_guard.controls.control import Status
from hipaa_guard.services import iam


def if_ours(resource: Resource, verdict: Verdict) -> Verdict:
    """The verdict, but not applicable instead of a gap of a role of Identity Center or a service-linked role.

    Raises:
        Undecided: there is a gap, and it is not known whose role it is.

    """
    kept = resource.kept_by_aws() if verdict.status is Status.FAIL and isinstance(resource, iam.Role) else None
    return not_applicable(kept) if kept is not None else verdict


CHANGE_TRUST = "aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json"
"""The command that gives a role another trust policy."""
TASK = 'Service = "ecs-tasks.amazonaws.com"'
"""The principal of a role that the tasks of a program take on."""


def role_trusting(
    principal: str,
    operator: str = "",
    wanted: Mapping[str, str] | None = None,
    *,
    action: str = "sts:AssumeRole",
    first: str = "",
) -> str:
    """Terraform of a role whose trust policy names a principal, under a condition if ``operator`` is given.

    ``wanted`` are the keys of the condition with their values; ``first`` stands before the trust policy.
    """
    keys = [f'"{key}" = "{value}"' for key, value in (wanted or {}).items()]
    if len(keys) > 1:
        inner = "".join(f"\n          {key}" for key in keys)
        condition = f"\n      Condition = {{\n        {operator} = {{{inner}\n        }}\n      }}"
    else:
        condition = f"\n      Condition = {{ {operator} = {{ {keys[0]} }} }}" if keys else ""
    return f"""\
resource "aws_iam_role" "phi" {{{first and chr(10)}{first}
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "{action}"
      Principal = {{ {principal} }}{condition}
    }}]
  }})
}}
"""
