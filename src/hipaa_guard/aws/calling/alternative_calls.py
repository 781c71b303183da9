"""Plainer calls that together answer the same as a bulk call, for a role to which the bulk call is denied.

Each bulk call of the table has a function that makes the plainer calls in rounds and combines their answers into one
of the same form. A part that a call does not answer is left out. The combined answer then counts as incomplete: its
elements are known, but there may be others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.facts.values import Unknown


@dataclass(frozen=True, slots=True)
class Round:
    """Calls that may be made at the same time: operation, parameters, and the region if it differs."""

    calls: Sequence[tuple[str, Mapping[str, Any], str | None]]


@dataclass(slots=True)
class Made:
    """An answer that was combined from others."""

    value: dict[str, Any]
    whole: bool = True
    """Whether it has everything that the bulk call would have answered."""


Making = Generator[Round, Sequence[Answer], Made]
"""Yields rounds of calls, and is sent their answers in the same order."""

Wanted = Mapping[str, Collection[str]]
"""Members of the bulk answer that are read, each with the members of its elements that are read."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """The plainer calls that replace a bulk call, and how to combine their answers."""

    make: Callable[[Mapping[str, Any], str, Wanted], Making]
    """Takes the parameters of the bulk call, its region, and the members that are read."""
    reads: Mapping[str, str]
    """Operation -> JMESPath of the parts of its answer that are read."""


def _round(operation: str, several: Sequence[Mapping[str, Any]], region: str | None = None) -> Round:
    return Round([(operation, params, region) for params in several])


def _list(made: Made, answer: Answer, name: str) -> list[Any]:
    """A list of an answer, as far as it was answered."""
    if answer.refusal is not None:
        made.whole = False
    return list((answer.value or {}).get(name) or [])


# --- iam.get_account_authorization_details ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Holder:
    """A kind of IAM identity that holds policies."""

    member: str
    listing: str
    items: str
    name: str
    sort: str
    inline: str


_HOLDERS = (
    _Holder("UserDetailList", "iam.list_users", "Users", "UserName", "user", "UserPolicyList"),
    _Holder("GroupDetailList", "iam.list_groups", "Groups", "GroupName", "group", "GroupPolicyList"),
    _Holder("RoleDetailList", "iam.list_roles", "Roles", "RoleName", "role", "RolePolicyList"),
)


def _authorization_details(_params: Mapping[str, Any], _region: str, wanted: Wanted) -> Making:
    made = Made({})
    for holder in _HOLDERS:
        if holder.member in wanted:
            made.value[holder.member] = yield from _holders(made, holder, wanted[holder.member])
    if "Policies" in wanted:
        made.value["Policies"] = yield from _policies(made)
    return made


def _holders(made: Made, holder: _Holder, wanted: Collection[str]) -> Generator[Round, Sequence[Answer], list[Any]]:
    answers = yield _round(holder.listing, [{}])
    found = [dict(each) for each in _list(made, answers[0], holder.items)]
    by_name = [{holder.name: each[holder.name]} for each in found]
    lacking: set[int] = set()

    def lists(operation: str, member: str) -> Generator[Round, Sequence[Answer], list[list[Any]]]:
        answers = yield _round(operation, by_name)
        lacking.update(place for place, answer in enumerate(answers) if answer.refusal is not None)
        return [_list(made, answer, member) for answer in answers]

    if holder.inline in wanted:
        names = yield from lists(f"iam.list_{holder.sort}_policies", "PolicyNames")
        pairs = [(place, name) for place, each in enumerate(names) for name in each]
        params = [{**by_name[place], "PolicyName": name} for place, name in pairs]
        answers = yield _round(f"iam.get_{holder.sort}_policy", params)
        for each in found:
            each[holder.inline] = []
        for (place, name), answer in zip(pairs, answers, strict=True):
            if answer.refusal is not None or answer.value is None:
                lacking.add(place)
            else:
                document = answer.value.get("PolicyDocument")
                found[place][holder.inline].append({"PolicyName": name, "PolicyDocument": document})
    if "AttachedManagedPolicies" in wanted:
        attached = yield from lists(f"iam.list_attached_{holder.sort}_policies", "AttachedPolicies")
        for each, policies in zip(found, attached, strict=True):
            each["AttachedManagedPolicies"] = policies
    if "GroupList" in wanted:
        groups = yield from lists("iam.list_groups_for_user", "Groups")
        for each, of in zip(found, groups, strict=True):
            each["GroupList"] = [group["GroupName"] for group in of]
    made.whole = made.whole and not lacking
    return [each for place, each in enumerate(found) if place not in lacking]


def _policies(made: Made) -> Generator[Round, Sequence[Answer], list[Any]]:
    answers = yield _round("iam.list_policies", [{"Scope": "Local"}])
    found = _list(made, answers[0], "Policies")
    params = [{"PolicyArn": each["Arn"], "VersionId": each["DefaultVersionId"]} for each in found]
    answers = yield _round("iam.get_policy_version", params)
    policies = []
    for each, answer in zip(found, answers, strict=True):
        if answer.refusal is not None or answer.value is None:
            made.whole = False
        else:
            version = answer.value["PolicyVersion"]
            policies.append({**each, "PolicyVersionList": [{**version, "IsDefaultVersion": True}]})
    return policies


_AUTHORIZATION_DETAILS = Sibling(
    _authorization_details,
    {
        "iam.list_users": "Users[].[UserName, Arn, Path]",
        "iam.list_groups": "Groups[].[GroupName, Arn, Path]",
        "iam.list_roles": "Roles[].[RoleName, Arn, Path, AssumeRolePolicyDocument]",
        "iam.list_policies": "Policies[].[PolicyName, Arn, Path, DefaultVersionId]",
        "iam.get_policy_version": "PolicyVersion.Document",
        "iam.list_groups_for_user": "Groups[].GroupName",
        **{f"iam.list_{each.sort}_policies": "PolicyNames" for each in _HOLDERS},
        **{f"iam.get_{each.sort}_policy": "PolicyDocument" for each in _HOLDERS},
        **{f"iam.list_attached_{each.sort}_policies": "AttachedPolicies[].PolicyArn" for each in _HOLDERS},
    },
)


# --- iam.get_credential_report ---------------------------------------------------------------------------------------

_ONLY_IN_REPORT = Unknown(
    "only the credential report has the time when a password that was never used was last changed"
)


def _credential_report(_params: Mapping[str, Any], _region: str, _wanted: Wanted) -> Making:
    """Rows of users as in the report. Only the report itself has a row of the root user."""
    made = Made({"Rows": []}, whole=False)
    answers = yield _round("iam.list_users", [{}])
    users = _list(made, answers[0], "Users")
    made.value["GeneratedTime"] = answers[0].time.isoformat()
    names = [{"UserName": each["UserName"]} for each in users]
    devices = yield _round("iam.list_mfa_devices", names)
    keys = yield _round("iam.list_access_keys", names)
    profiles = yield _round("iam.get_login_profile", names)
    all_keys = [key for answer in keys for key in (answer.value or {}).get("AccessKeyMetadata", [])]
    used = yield _round("iam.get_access_key_last_used", [{"AccessKeyId": key["AccessKeyId"]} for key in all_keys])
    last_used = {key["AccessKeyId"]: answer for key, answer in zip(all_keys, used, strict=True)}
    for user, own_devices, own_keys, profile in zip(users, devices, keys, profiles, strict=True):
        made.value["Rows"].extend(_rows(user, own_devices, own_keys, profile, last_used))
    return made


def _rows(
    user: Mapping[str, Any], devices: Answer, keys: Answer, profile: Answer, last_used: Mapping[str, Answer]
) -> Iterator[dict[str, Any]]:
    """The row of a user; none if a part of it was not answered."""
    own = (keys.value or {}).get("AccessKeyMetadata", [])
    answers = [devices, keys, *(last_used[key["AccessKeyId"]] for key in own)]
    has_password = not profile.absent(("NoSuchEntity",))
    if any(answer.refusal is not None for answer in answers) or (has_password and profile.refusal is not None):
        return
    row = {
        "user": user["UserName"],
        "arn": user["Arn"],
        "password_enabled": str(has_password).lower(),
        "password_last_used": user.get("PasswordLastUsed") or "no_information",
        "password_last_changed": _ONLY_IN_REPORT,
        "mfa_active": str(bool((devices.value or {}).get("MFADevices"))).lower(),
        "access_key_1_active": "false",
        "access_key_2_active": "false",
    }
    for number, key in enumerate(own, 1):
        used = (last_used[key["AccessKeyId"]].value or {}).get("AccessKeyLastUsed", {})
        row[f"access_key_{number}_active"] = str(key["Status"] == "Active").lower()
        row[f"access_key_{number}_last_rotated"] = key["CreateDate"]
        row[f"access_key_{number}_last_used_date"] = used.get("LastUsedDate") or "N/A"
    yield row


_CREDENTIAL_REPORT = Sibling(
    _credential_report,
    {
        "iam.list_users": "Users[].[UserName, Arn, PasswordLastUsed]",
        "iam.list_mfa_devices": "MFADevices[].SerialNumber",
        "iam.list_access_keys": "AccessKeyMetadata[].[AccessKeyId, Status, CreateDate]",
        "iam.get_login_profile": "LoginProfile.UserName",
        "iam.get_access_key_last_used": "AccessKeyLastUsed.LastUsedDate",
    },
)


# --- others ----------------------------------------------------------------------------------------------------------


def _one_by_one(made: Made, several: Sequence[Answer], member: str, into: str) -> Made:
    """A list with one element from each of several answers, without those that were refused."""
    for answer in several:
        found = (answer.value or {}).get(member)
        if answer.refusal is not None or found is None:
            made.whole = False
        else:
            made.value[into].append(found)
    return made


def _roles(_params: Mapping[str, Any], _region: str, _wanted: Wanted) -> Making:
    made = Made({"Roles": []})
    answers = yield _round("iam.get_account_authorization_details", [{"Filter": ["Role"]}])
    names = [{"RoleName": each["RoleName"]} for each in _list(made, answers[0], "RoleDetailList")]
    return _one_by_one(made, (yield _round("iam.get_role", names)), "Role", "Roles")


def _subscriptions(_params: Mapping[str, Any], _region: str, _wanted: Wanted) -> Making:
    made = Made({"Subscriptions": []}, whole=False)  # subscriptions to topics of other accounts are missing
    answers = yield _round("sns.list_topics", [{}])
    topics = [{"TopicArn": each["TopicArn"]} for each in _list(made, answers[0], "Topics")]
    for answer in (yield _round("sns.list_subscriptions_by_topic", topics)):
        made.value["Subscriptions"] += _list(made, answer, "Subscriptions")
    return made


def _trails(params: Mapping[str, Any], region: str, _wanted: Wanted) -> Making:
    """The trails whose home is the region; with shadow trails, all listed trails, which may not be all that exist."""
    shadows = params.get("includeShadowTrails", True)
    made = Made({"trailList": []}, whole=not shadows)
    answers = yield _round("cloudtrail.list_trails", [{}])
    listed = _list(made, answers[0], "Trails")
    found = [each for each in listed if shadows or each.get("HomeRegion") == region]
    calls = [("cloudtrail.get_trail", {"Name": each["TrailARN"]}, each.get("HomeRegion")) for each in found]
    return _one_by_one(made, (yield Round(calls)), "Trail", "trailList")


SIBLINGS: Mapping[str, Sibling] = {
    "cloudtrail.describe_trails": Sibling(
        _trails, {"cloudtrail.list_trails": "Trails[].[TrailARN, HomeRegion]", "cloudtrail.get_trail": "Trail"}
    ),
    "iam.get_account_authorization_details": _AUTHORIZATION_DETAILS,
    "iam.get_credential_report": _CREDENTIAL_REPORT,
    "iam.list_roles": Sibling(
        _roles,
        {
            "iam.get_account_authorization_details": "RoleDetailList[].RoleName",
            "iam.get_role": "Role.[Arn, RoleName, MaxSessionDuration]",
        },
    ),
    "sns.list_subscriptions": Sibling(
        _subscriptions,
        {"sns.list_topics": "Topics[].TopicArn", "sns.list_subscriptions_by_topic": "Subscriptions"},
    ),
}
"""Bulk call -> its plainer siblings. IAM, SNS and CloudTrail API references, read 2026-11-30."""
