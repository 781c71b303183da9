"""Readings of Terraform for users, roles and groups, where a path is not enough."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.policies.document import symbol
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Cause, Unknown, Value


def _arguments(view: View, type: str, argument: str) -> list[Value]:
    """The argument of each split resource that points here."""
    return _flat(mapped(lambda each: each.get(argument), view.linked(type)))


def _lists(view: View, type: str, argument: str) -> list[Value]:
    """The elements of a list that each split resource that points here has; one that is not known may be empty."""
    return _flat(mapped(lambda each: _list(each.get(argument)), view.linked(type)))


def _flat(values: list[Value]) -> list[Value]:
    """One list of all values, with the elements of those that are lists."""
    seen = values.seen if isinstance(values, Incomplete) else values
    lists: list[list[Value]] = [each if isinstance(each, list) else [] if each is None else [each] for each in seen]
    if isinstance(values, Incomplete):
        more = None if values.candidates is None else _flat(values.candidates)
        lists.append(Incomplete([], values.unknown, None if isinstance(more, Incomplete) else more))
    return joined(*lists)


def holders(principal: str) -> dict[str, str | tuple[str, ...]]:
    """The types that give permissions to a user, role or group, with their arguments that name it."""
    return {
        f"aws_iam_{principal}_policy": principal,
        f"aws_iam_{principal}_policy_attachment": principal,
        f"aws_iam_{principal}_policy_attachments_exclusive": f"{principal}_name",
        f"aws_iam_{principal}_policies_exclusive": f"{principal}_name",
        f"awscc_iam_{principal}_policy": f"{principal}_name",
        "aws_iam_policy_attachment": f"{principal}s",
        "awscc_iam_managed_policy": f"{principal}s",
    }


def attachments(principal: str) -> Callable[[View], Value]:
    """The ARNs of the managed policies that Terraform attaches to a user, role or group, by any type."""

    def read(view: View) -> Value:
        return _flat(
            [
                _arguments(view, f"aws_iam_{principal}_policy_attachment", "policy_arn"),
                _arguments(view, "aws_iam_policy_attachment", "policy_arn"),
                mapped(_itself, view.linked("awscc_iam_managed_policy")),
                _lists(view, f"aws_iam_{principal}_policy_attachments_exclusive", "policy_arns"),
                _list(view.get("managed_policy_arns")),
            ]
        )

    return read


def _itself(policy: View) -> Value:
    """A customer managed policy that names its holders. It is judged by what it says, wherever it is attached."""
    return symbol(policy.address, "policy_arn")


def _list(value: Value) -> list[Value]:
    if isinstance(value, Unknown):
        return Incomplete([], value)
    return value or []


def inline(principal: str) -> Callable[[View], Value]:
    """The inline policies that Terraform embeds in a user, role or group."""

    def read(view: View) -> Value:
        found = [
            _inline_splits(view, f"aws_iam_{principal}_policy", "name", "policy"),
            _inline_splits(view, f"awscc_iam_{principal}_policy", "policy_name", "policy_document"),
            _list(view.get("inline_policy")),
            _awscc_inline(_list(view.get("policies"))),
        ]
        declared = _flat(found)
        kept = _arguments(view, f"aws_iam_{principal}_policies_exclusive", "policy_names")
        return _flat([declared, _from_elsewhere(kept, declared)])

    return read


def _from_elsewhere(kept: list[Value], declared: list[Value]) -> list[Value]:
    """The inline policies that stay with a holder and whose text is declared elsewhere."""
    seen = declared.seen if isinstance(declared, Incomplete) else declared
    names = [each if isinstance(each, Unknown) else each.get("name") for each in seen]
    if any(isinstance(name, Unknown) for name in names):
        return []  # those that stay may be these

    def elsewhere(name: Value) -> Value:
        if isinstance(name, Unknown) or name in names:
            return name if isinstance(name, Unknown) else None
        return Unknown(f"its inline policy {name} is declared elsewhere", Cause.NOT_IN_SCOPE)

    return _flat(mapped(elsewhere, kept))


def _inline_splits(view: View, type: str, name: str, policy: str) -> list[Value]:
    return mapped(lambda each: {"name": each.get(name), "policy": each.get(policy)}, view.linked(type))


def _awscc_inline(policies: list[Value]) -> list[Value]:
    """The policies inside a resource of the `awscc` provider, with the argument names of the other provider."""
    return mapped(_renamed, policies)


def _renamed(policy: Value) -> Value:
    if isinstance(policy, Unknown):
        return policy
    return {"name": policy.get("policy_name"), "policy": policy.get("policy_document")}


def groups(view: View) -> Value:
    return _flat(
        [
            _lists(view, "aws_iam_user_group_membership", "groups"),
            _arguments(view, "aws_iam_group_membership", "group"),
            _list(view.get("groups")),
        ]
    )


PERMISSION_SETS = ("aws_ssoadmin_permission_set", "awscc_sso_permission_set")
OF_PERMISSION_SETS = dict.fromkeys(
    ("aws_ssoadmin_managed_policy_attachment", "aws_ssoadmin_permission_set_inline_policy"), "permission_set_arn"
)
"""The types that give permissions to a permission set -> their argument that names it. Customer managed policies, which
they name too, are judged by what they say."""


def inline_of_set(view: View) -> Value:
    """The inline policy of a permission set; it has one at most, without a name."""
    split = mapped(lambda each: each.get("inline_policy"), view.linked("aws_ssoadmin_permission_set_inline_policy"))
    return mapped(_unnamed, joined(split, [view.get("inline_policy")]))


def _unnamed(policy: Value) -> Value:
    return policy if isinstance(policy, Unknown) and not policy.is_set else {"name": None, "policy": policy}


def attached_to_set(view: View) -> Value:
    """The ARNs of the policies of AWS that a permission set attaches."""
    attached = _arguments(view, "aws_ssoadmin_managed_policy_attachment", "managed_policy_arn")
    return _flat([attached, _list(view.get("managed_policies"))])
