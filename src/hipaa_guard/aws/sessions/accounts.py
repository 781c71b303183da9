"""Opening an account: the credentials, and the regions to read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hipaa_guard.aws.calling.calls import Caller
from hipaa_guard.aws.calling.clients import Clients
from hipaa_guard.aws.planning.actions import action_of
from hipaa_guard.aws.planning.error_codes import Meaning, Refusal
from hipaa_guard.facts.locations import NOT_ASKED_FOR, Gap, GapKind

THREADS = 64
_NAME = "hipaa-guard"
_REGIONS = "ec2.describe_regions"
_ACCOUNT = re.compile(r"\d{12}")
_ARN = re.compile(r"arn:[\w-]+:(sts|iam)::\d{12}:.")


class AwsSetupError(Exception):
    """The scan cannot begin. The message says what happened and what to do next."""


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """An account that can be read, and the regions to read.

    ``enabled`` is None if AWS did not answer which regions are enabled. ``skipped`` has the reason for each region that
    is not read. ``home`` is the region to call for the whole account.
    """

    id: str
    arn: str
    partition: str
    home: str
    regions: tuple[str, ...]
    enabled: frozenset[str] | None
    skipped: Mapping[str, str]
    gaps: tuple[Gap, ...]
    caller: Caller = field(repr=False, compare=False)
    threads: int = THREADS

    @property
    def clients(self) -> Clients:
        return self.caller.clients


def open_account(
    *,
    profile: str | None = None,
    role_arn: str | None = None,
    external_id: str | None = None,
    regions: str | Sequence[str] | None = None,
    threads: int = THREADS,
    session: Any = None,
) -> AwsAccount:
    """Log in, and find out the account and the regions to read.

    `regions` is a comma-separated text or a sequence; None or ``all`` means every enabled region of the account.
    Environment, configuration files and endpoints count as for every AWS tool. A boto3 `session` is used as it is.

    Raises:
        AwsSetupError: there are no credentials, they are not valid, or the profile or a region does not exist.

    """
    chosen = _chosen(regions)
    session = session or _session(profile)
    _check_names(session, (*(chosen or ()), *([session.region_name] if session.region_name else [])))
    home = _home(session, chosen)
    if role_arn:
        session = _with_role(session, role_arn, external_id, home)
    clients = Clients(session, home, threads=threads)
    caller = Caller(clients)
    identity = _identity(caller, home)
    account, arn = identity["Account"], identity["Arn"]
    scope = _regions(caller, home, chosen)
    caller.enabled = scope.enabled
    return AwsAccount(
        id=account,
        arn=arn,
        partition=arn.split(":")[1],
        home=home if home in scope.regions else scope.regions[0],
        regions=scope.regions,
        enabled=scope.enabled,
        skipped=scope.skipped,
        gaps=scope.gaps,
        caller=caller,
        threads=threads,
    )


def _session(profile: str | None) -> Any:
    import boto3
    from botocore.exceptions import BotoCoreError, ProfileNotFound

    try:
        session = boto3.Session(profile_name=profile)
        credentials = session.get_credentials()
    except ProfileNotFound as error:
        known = ", ".join(boto3.Session().available_profiles) if profile else ""
        raise AwsSetupError(
            f"There is no AWS profile named {profile or 'as AWS_PROFILE says'}. "
            + (f"Use one of: {known}." if known else "Create it with `aws configure --profile NAME`.")
        ) from error
    except BotoCoreError as error:
        raise AwsSetupError(f"The AWS configuration cannot be used: {error}. Correct it and scan again.") from error
    if credentials is None:
        raise AwsSetupError(
            "No AWS credentials were found. Log in (`aws sso login`, `aws configure`), set AWS_PROFILE or "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile."
        )
    return session


def _with_role(session: Any, role_arn: str, external_id: str | None, home: str) -> Any:
    """A session of the role, which assumes the role again when its credentials expire.

    Its session policy forbids reading stored data, even if the role allows it.
    """
    import json

    import boto3
    from botocore.config import Config
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.session import get_session

    from hipaa_guard.aws.planning.actions import session_policy

    if not role_arn.startswith("arn:") or ":role/" not in role_arn:
        raise AwsSetupError(f"{role_arn} is not the ARN of a role. It looks like arn:aws:iam::123456789012:role/NAME.")
    extra = {"RoleSessionName": _NAME, "Policy": json.dumps(session_policy(), separators=(",", ":"))}
    if external_id:
        extra["ExternalId"] = external_id
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(
            session._session.create_client,  # noqa: SLF001 - boto3's own client() does not take every argument
            region_name=home,
            config=Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3}),
        ),
        source_credentials=session.get_credentials(),
        role_arn=role_arn,
        extra_args=extra,
    )
    inner = get_session()
    inner.register_component("data_loader", session._session.get_component("data_loader"))  # noqa: SLF001 - models once
    inner._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined] # noqa: SLF001 - has no setter
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return boto3.Session(botocore_session=inner, region_name=home)


def _identity(caller: Caller, home: str) -> Mapping[str, Any]:
    answer = caller.call("sts.get_caller_identity", {}, home)
    if answer.value is None:
        assert answer.refusal is not None
        raise AwsSetupError(_why_not(answer.refusal))
    if not _ACCOUNT.fullmatch(answer.value.get("Account", "")) or not _ARN.match(answer.value.get("Arn", "")):
        raise AwsSetupError(
            "The answer does not say whose credentials these are, as AWS does. Check the proxy and AWS_ENDPOINT_URL."
        )
    return answer.value


def _why_not(refusal: Refusal) -> str:
    """Why the first call failed, and what to do."""
    details = f" ({refusal.code}: {refusal.message})" if refusal.message else f" ({refusal.code})"
    match refusal.meaning:
        case Meaning.EXPIRED:
            return f"The AWS credentials have expired or could not be renewed{details}. Log in again and scan again."
        case Meaning.BAD_CREDENTIALS | Meaning.NOT_ENABLED if refusal.code == "RequestTimeTooSkewed":
            return f"AWS refuses requests because the clock of this machine is wrong{details}. Set the clock."
        case Meaning.BAD_CREDENTIALS | Meaning.NOT_ENABLED:
            return (
                f"AWS does not accept the credentials{details}. Check the key, and that the region "
                f"{refusal.region} belongs to the same partition and is enabled for the account."
            )
        case Meaning.DENIED:
            return f"AWS denies the credentials or the role{details}. Check the role's trust policy and external id."
        case Meaning.UNREACHABLE | Meaning.NOT_OFFERED:
            return (
                f"AWS could not be reached in {refusal.region}{details}. "
                "Check the network, the proxy and AWS_ENDPOINT_URL."
            )
        case _:
            return f"AWS did not say whose credentials these are{details}. Try `aws sts get-caller-identity`."


# --- Regions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _RegionChoice:
    regions: tuple[str, ...]
    enabled: frozenset[str] | None
    skipped: Mapping[str, str]
    gaps: tuple[Gap, ...] = ()


def _chosen(regions: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """The regions asked for by name, each once; None for all."""
    names = regions.split(",") if isinstance(regions, str) else list(regions or ())
    names = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if regions is not None and not names:
        raise AwsSetupError("No region is named. Give --regions a comma-separated list, or `all`.")
    return None if not names or names == ["all"] else tuple(names)


def _check_names(session: Any, names: tuple[str, ...]) -> None:
    known = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    ]
    for name in names:
        if name not in known and not _is_new(name, known):
            near = sorted(difflib.get_close_matches(name, known), key=lambda each: sorted(each) != sorted(name))
            advice = f"Did you mean {near[0]}?" if near else "Names look like us-east-1; `all` means every enabled one."
            raise AwsSetupError(f"{name} is not a region of AWS. {advice}")


def _is_new(name: str, known: Sequence[str]) -> bool:
    """Whether a name that botocore does not know looks like a new region, not like a misspelt one."""
    area, _, number = name.rpartition("-")
    return number.isdigit() and any(area == region.rpartition("-")[0] for region in known)


def _home(session: Any, chosen: tuple[str, ...] | None) -> str:
    configured = session.region_name
    if chosen and configured not in chosen:
        return chosen[0]
    return str(configured or "us-east-1")


def _regions(caller: Caller, home: str, chosen: tuple[str, ...] | None) -> _RegionChoice:
    answer = caller.call(_REGIONS, {"AllRegions": True}, home)
    if answer.refusal is not None:
        return _without_list(answer.refusal, home, chosen)
    listed = (answer.value or {}).get("Regions", [])
    status = {
        name: str(each.get("OptInStatus", ""))
        for each in listed
        if (name := each.get("RegionName")) and _same_partition(caller.clients, name, home)
    }
    if home not in status or not all(each.get("RegionName") for each in listed):
        refusal = Refusal(
            Meaning.SPOILT, "NoRegions", f"{home} is not in the list", _REGIONS, home, action_of(_REGIONS)
        )
        return _without_list(refusal, home, chosen)
    enabled = frozenset(name for name, opt_in in status.items() if opt_in != "not-opted-in")
    if chosen is None:
        skipped = {name: "not enabled in this account" for name in status if name not in enabled}
        return _RegionChoice(tuple(sorted(enabled)) or (home,), enabled, skipped)
    usable = tuple(name for name in chosen if name in enabled)
    if not usable:
        raise AwsSetupError(
            f"{', '.join(chosen)} is not enabled in this account. Enabled are: {', '.join(sorted(enabled))}."
        )
    skipped = {name: _why_skipped(caller.clients, name, home) for name in chosen if name not in enabled}
    skipped |= {name: NOT_ASKED_FOR for name in sorted(enabled) if name not in chosen}
    return _RegionChoice(usable, enabled, skipped)


def _why_skipped(clients: Clients, region: str, home: str) -> str:
    if _same_partition(clients, region, home):
        return "not enabled in this account"
    return f"in partition {clients.partition(region)}, which needs other credentials"


def _same_partition(clients: Clients, region: str, home: str) -> bool:
    """Whether two regions are in one partition. AWS lists only regions of its own; simulations may list all."""
    from botocore.exceptions import UnknownRegionError

    try:
        return clients.partition(region) == clients.partition(home)
    except UnknownRegionError:
        return True


def _without_list(refusal: Refusal, home: str, chosen: tuple[str, ...] | None) -> _RegionChoice:
    """The regions to read where AWS did not answer the list of the account."""
    if chosen is not None:
        return _RegionChoice(chosen, None, {})
    gap = Gap(
        GapKind.REGION,
        "regions of the account",
        f"{refusal.reason}, so only {home} was read",
        hint=f"{refusal.hint} Or name the regions with --regions.",
        region=home,
        action=refusal.action if refusal.meaning is Meaning.DENIED else None,
    )
    return _RegionChoice((home,), None, {}, (gap,))
