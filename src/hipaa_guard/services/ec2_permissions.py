"""Permissions of EC2 that share a snapshot or an image: each names an account, an organization or everyone."""

from __future__ import annotations

from hipaa_guard.facts.values import Undecided, Unknown, Value

_NAMING = ("UserId", "Group", "OrganizationArn", "OrganizationalUnitArn")
"""Members of a permission, one of which is there (EC2 API reference, CreateVolumePermission and LaunchPermission)."""


def shared_with(permissions: list[dict[str, Value]]) -> list[Value]:
    """Whom the permissions in an answer of EC2 name: ids of accounts, ARNs of organizations, ``all`` for everyone.

    Raises:
        Undecided: one of them names nobody.

    """
    return [_named(each) for each in permissions]


def _named(permission: dict[str, Value]) -> Value:
    for name in _NAMING:
        if name in permission:
            return permission[name]
    raise Undecided(Unknown("EC2 answers with a permission that does not say for whom it is"))
