"""Places: the account and the region that Terraform makes a resource in, as far as its provider says."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.lists import first_unknown
from hipaa_guard.facts.values import PartialText, Value
from hipaa_guard.lean import dataclass, regex

_ACCOUNT_OF_ROLE = regex(r"arn:[^:]*:iam::(\d{12}):")

# Arguments of the aws and awscc providers that choose an account. Their secrets add nothing to the access key.
_CREDENTIALS = ("access_key", "profile", "shared_config_files", "shared_credentials_files")
_ROLES = ("assume_role_with_web_identity", "assume_role")  # in the order in which the provider takes them on


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """The account and the region of a resource, as far as they are known before it is made."""

    provider: str | None
    """A key that resources of one provider configuration share; None where it is not recorded."""
    account: str | None
    """The id of the account, where the configuration names it."""
    credentials: tuple[str, ...] | None
    """The arguments that choose the account; empty where the environment does. None: not known."""
    region: Value
    """The region; None where nothing is written, so that the environment decides."""
    own_region: bool = False
    """Whether the resource sets its region itself."""

    def in_region(self, region: Value) -> Place:
        """The same account in another region, which the resource sets itself."""
        return Place(self.provider, self.account, self.credentials, region, own_region=True)


def configured_place(
    provider: str | None, region: Value, argument: Callable[[str], Value], roles: Callable[[str], list[Value]]
) -> Place:
    """The place of a provider configuration.

    ``argument`` gives the value of an argument by its name, ``roles`` the ARNs in the nested blocks of a name.
    """
    arns = [arn for name in _ROLES for arn in roles(name)]
    chosen = [(name, argument(name)) for name in _CREDENTIALS] + [("role", arn) for arn in arns]
    unknown = any(first_unknown(value) is not None for _, value in chosen)
    return Place(
        provider,
        _account(argument("allowed_account_ids"), arns),
        None if unknown else tuple(f"{name}={value}" for name, value in chosen if value),
        region,
    )


def in_one_account(one: Place | None, other: Place | None) -> bool | None:
    """Whether two resources are in one account; None where that is not known."""
    if one is None or other is None:
        return None
    if one.provider is not None and one.provider == other.provider:
        return True
    if one.account is not None and other.account is not None:
        return one.account == other.account
    return True if _chosen_alike(one, other) else None


def in_one_place(one: Place | None, other: Place | None) -> bool | None:
    """Whether two resources are in one account and region; None where that is not known."""
    if one is None or other is None:
        return None
    answers = (in_one_account(one, other), _in_one_region(one, other))
    return False if False in answers else all(answers) or None


def _in_one_region(one: Place, other: Place) -> bool | None:
    if isinstance(one.region, str) and isinstance(other.region, str):
        return one.region == other.region
    if one.provider is not None and one.provider == other.provider and not (one.own_region or other.own_region):
        return True
    # A profile has a region of its own, which counts where the provider names none.
    return True if one.region is None and other.region is None and _chosen_alike(one, other) else None


def _chosen_alike(one: Place, other: Place) -> bool:
    return one.credentials is not None and one.credentials == other.credentials


def _account(allowed: Value, roles: list[Value]) -> str | None:
    """The only account that the provider accepts, else that of the last role that it takes on."""
    if isinstance(allowed, list) and first_unknown(allowed) is None and len(allowed) == 1:
        return str(allowed[0])
    arn = roles[-1] if roles else None
    known = arn.prefix if isinstance(arn, PartialText) else arn
    found = _ACCOUNT_OF_ROLE.match(known) if isinstance(known, str) else None
    return found[1] if found else None
