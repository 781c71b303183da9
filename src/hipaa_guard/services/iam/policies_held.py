"""Policies that users, roles and groups hold, as Terraform and AWS tell them."""

from __future__ import annotations

import re

from hipaa_guard.facts.lists import Incomplete, mapped
from hipaa_guard.facts.policies.document import PolicyDocument, symbol
from hipaa_guard.facts.policies.grammar import identity_policy
from hipaa_guard.facts.policies.texts import identity, symbolic
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.values import Cause, Existing, PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.services.iam import managed_by_aws


class InlinePolicy(Record):
    """A policy embedded in a user, role or group."""

    __slots__ = ("document", "name")

    name: str | None
    document: PolicyDocument

    def in_words(self) -> str:
        """The policy in words for a message, without its name if that is not known."""
        try:
            return f"the inline policy {self.name}" if self.name else "an inline policy"
        except Undecided:
            return "an inline policy"


def arns(values: Value) -> list[str | Unknown]:
    """ARNs of attached policies; for AWS managed ones with the partition filled in where Terraform has it from data."""
    if isinstance(values, Unknown):
        return Incomplete([], values)
    return mapped(_arn, values)


def _arn(value: Value) -> str | Unknown:
    if isinstance(value, PartialText) and isinstance(value.parts[-1], str):
        managed = re.fullmatch(r":iam::aws:policy/.+", value.parts[-1])
        if managed and value.prefix == "arn:":
            return f"arn:aws{managed[0]}"
    if isinstance(value, Existing):
        found = value.asked_by is None or _looked_up_by(value.asked_by)
        if isinstance(found, str):
            return f"arn:aws:iam::aws:policy/{found}"
        return value if found else symbol(value.address, value.attribute)
    if isinstance(value, Reference):
        return symbolic(value)  # IAM attaches only policies of the account of the holder
    return identity(value)  # an account that is looked up is never the word "aws" that stands for AWS's own


def _looked_up_by(pattern: str) -> str | bool:
    """The policy in the table that a name finds, with its path; else whether the name may find one of them.

    The name may have the start of a path before it, and end with ``*`` where the rest of it is not known. IAM lists its
    own policies beside those of the account, and the provider refuses a name that two of them have, so that a name of
    the table finds that policy or none (the provider's ``aws_iam_policy``, "name"; IAM API reference, ListPolicies,
    "Scope"; read 2026-11-30).
    """
    start, _, name = pattern.rpartition("/")
    found = [
        each for each in managed_by_aws.GRANTS if f"/{each}".startswith(start) and _is(each.rpartition("/")[2], name)
    ]
    return found[0] if found and not name.endswith("*") else bool(found)


def _is(name: str, pattern: str) -> bool:
    return name.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else name == pattern


def inline(values: Value) -> list[InlinePolicy]:
    """The inline policies of a holder, from the arguments of Terraform or the lists of AWS."""
    if isinstance(values, Unknown):
        return Incomplete([], values)
    entries = values.seen if isinstance(values, Incomplete) else values
    unknown = values.unknown if isinstance(values, Incomplete) else None
    found: list[InlinePolicy] = []
    for entry in entries:
        if isinstance(entry, Unknown):
            unknown = entry if unknown is None else unknown
            continue
        text = entry.get("policy", entry.get("PolicyDocument"))
        if text is not None:
            refused = identity_policy(text) if "policy" in entry else None  # the argument in source
            document = _document(text) if refused is None else Unknown(refused, Cause.REFUSED)
            found.append(InlinePolicy(name=entry.get("name", entry.get("PolicyName")), document=document))
    return found if unknown is None else Incomplete(found, unknown)


REQUIRED = Unknown("it is left out, which the provider refuses", Cause.REFUSED)
"""The value of an argument that is required and is not there."""


def written(text: Value) -> PolicyDocument | Unknown:
    """A policy document that is required."""
    found = PolicyDocument.parse(text)
    return REQUIRED if found is None else found


def _document(text: Value) -> Value:
    try:
        return written(text)
    except ValueError as error:
        return Unknown(f"its policy cannot be read: {error}")
