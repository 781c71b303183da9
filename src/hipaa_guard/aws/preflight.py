"""Checks before a long scan: the caller, and the IAM actions that the role lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hipaa_guard.aws.calling.calls import Answer, Call, call_key, setback
from hipaa_guard.aws.calling.request_queue import RequestQueue
from hipaa_guard.aws.collecting.kept_fields import Field, keep
from hipaa_guard.aws.collecting.prepared_plan import Prepared
from hipaa_guard.aws.keeping.stored_answers import lasts
from hipaa_guard.aws.planning import templates
from hipaa_guard.aws.planning.call_forecast import ForecastCall, Times
from hipaa_guard.aws.planning.error_codes import Meaning, Refusal
from hipaa_guard.aws.sessions.accounts import AwsAccount

# AWS managed policies that allow reading stored data, the widest first.
READS_DATA = (
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonHealthLakeFullAccess",
    "AmazonHealthLakeReadOnlyAccess",
    "AmazonSSMReadOnlyAccess",
    "SecretsManagerReadWrite",
    "DataScientist",
    "DatabaseAdministrator",
    "SystemAdministrator",
    "SupportUser",
)


@dataclass(frozen=True, slots=True)
class Probe:
    """The outcome of trying one call."""

    call: ForecastCall
    key: str
    answer: Answer

    @property
    def refusal(self) -> Refusal | None:
        """Why it was refused; None if it was answered, nothing is configured, or the region has no such service."""
        if self.answer.refusal is None or self.answer.absent(tuple(self.call.absent)):
            return None
        return None if self.answer.refusal.meaning is Meaning.NOT_OFFERED else self.answer.refusal

    @property
    def offered(self) -> bool:
        """Whether the service exists in the region."""
        return self.answer.refusal is None or self.answer.refusal.meaning is not Meaning.NOT_OFFERED


@dataclass(frozen=True, slots=True)
class Preflight:
    """The results of the checks of an account before its scan."""

    account: AwsAccount
    probes: tuple[Probe, ...]
    reads_data: tuple[str, ...] | None
    """The attached AWS managed policies that allow reading stored data; None if they could not be read."""
    not_covered: str
    """Why the attached policies could not be read, or the policies that were not looked at."""
    fields: Mapping[str, Field]
    whole: bool
    """Whether all pages were read."""

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The kept answers, by `call_key`: answered in full, or refused for a lasting reason."""
        whole = (probe for probe in self.probes if self.whole and lasts(probe.answer))
        return {probe.key: keep(probe.answer, self.fields) for probe in whole}

    @property
    def services(self) -> Mapping[str, list[Probe]]:
        """The probes of each service."""
        found: dict[str, list[Probe]] = {}
        for probe in self.probes:
            found.setdefault(probe.call.service, []).append(probe)
        return found

    @property
    def missing(self) -> list[str]:
        """The IAM actions that were denied, sorted."""
        denied = {gap.action for gap in self.account.gaps if gap.action}
        refusals = (probe.refusal for probe in self.probes)
        return sorted(denied | {each.action for each in refusals if each and each.meaning is Meaning.DENIED})

    @property
    def complete(self) -> bool:
        """Whether all tried calls that answer facts were answered."""
        needed = (probe for probe in self.probes if probe.call.needed)
        return not self.account.gaps and all(probe.refusal is None for probe in needed)

    @property
    def faults(self) -> int:
        """Calls that failed by a fault of this program."""
        refusals = (probe.refusal for probe in self.probes if probe.call.needed)
        return sum(1 for refusal in refusals if refusal is not None and refusal.meaning is Meaning.OURS)


def preflight(account: AwsAccount, plan: Prepared) -> Preflight:
    """Try the first page of each call of the plan that needs no resource, in one region.

    Calls per resource need a resource. Actions that only they lack show first in the scan.
    """
    calls = [call for call in plan.calls if call.times is not Times.RESOURCE and not call.note]
    return _tried(account, plan, calls, first_page=True)


def glance(account: AwsAccount, plan: Prepared) -> Preflight:
    """Make one call per service, in one region: the one with the smallest answer in the plan, for all its pages.

    The scan need not repeat them.
    """
    calls = sorted(plan.calls, key=lambda call: (call.service, not call.small))
    first: dict[str, ForecastCall] = {}
    for call in calls:
        if call.times is not Times.RESOURCE and not call.note and call.operation not in _SLOW:
            first.setdefault(call.service, call)
    return _tried(account, plan, first.values(), first_page=False)


_SLOW = frozenset({"iam.get_credential_report"})


def _tried(account: AwsAccount, plan: Prepared, calls: Iterable[ForecastCall], *, first_page: bool) -> Preflight:
    caller = account.caller
    turns: RequestQueue[Probe] = RequestQueue(
        caller.limiter, lambda probe: setback(probe.answer), account.threads, pause=caller.pause
    )
    found: list[Probe] = []
    for call in calls:
        region = account.clients.asked_in(call.service, call.region or account.home)
        params = templates.filled(
            call.params, {"partition": account.partition, "region": region, "account": account.id}
        )
        asked = Call(caller, call.operation, params, region, first_page=first_page)
        turns.add((call.service, region), _Probing(call, call_key(call.operation, params, region), asked))
    turns.run(found.append)
    found.sort(key=lambda probe: (probe.call.operation, repr(probe.call.params)))
    reads, why = _reads_data(account)
    return Preflight(account, tuple(found), reads, why, plan.fields, whole=not first_page)


@dataclass(frozen=True, slots=True)
class _Probing:
    """A planned call in progress."""

    call: ForecastCall
    key: str
    asked: Call

    def attempt(self) -> Probe:
        return Probe(self.call, self.key, self.asked.attempt())

    def overdue(self) -> Probe | None:
        answer = self.asked.overdue()
        return None if answer is None else Probe(self.call, self.key, answer)


def _reads_data(account: AwsAccount) -> tuple[tuple[str, ...] | None, str]:
    """The AWS managed policies of `READS_DATA` that the caller has, and a sentence on what was not looked at."""
    principal = _principal(account.arn)
    if principal is None:
        return None, f"{account.arn.partition(':')[2].rpartition(':')[2]} is neither a role nor a user"
    sort, name = principal
    operation, parameter = ATTACHED[sort]
    answer = account.caller.call(operation, {parameter: name}, account.home)
    attached = _names(answer.value)
    wide = tuple(name for name in READS_DATA if name in attached)
    if answer.refusal is not None and not wide:
        return None, answer.refusal.reason
    return wide, "its other policies, its groups among them, were not looked at"


ATTACHED: Mapping[str, tuple[str, str]] = {
    "role": ("iam.list_attached_role_policies", "RoleName"),
    "user": ("iam.list_attached_user_policies", "UserName"),
}


def _names(answer: Mapping[str, Any] | None) -> Collection[str]:
    """The names of the AWS managed policies in an answer; a customer's own may have any name."""
    policies = (answer or {}).get("AttachedPolicies", [])
    return {each["PolicyName"] for each in policies if each["PolicyArn"].split(":")[4] == "aws"}


def _principal(arn: str) -> tuple[str, str] | None:
    """Whether the caller is a role or a user, and its name: ``assumed-role/NAME/SESSION``, ``user/PATH/NAME``."""
    sort, _, rest = arn.split(":", 5)[5].partition("/")
    if sort == "assumed-role":
        return "role", rest.partition("/")[0]
    return ("user", rest.rpartition("/")[2]) if sort == "user" else None


def warnings(found: Preflight) -> list[str]:
    """Sentences to print before a long scan."""
    sentences = []
    if found.missing:
        sentences.append(
            f"the role lacks at least {', '.join(found.missing)}; facts that it cannot read will be unknown. "
            "`scan aws --preflight` shows more, `iam-policy` prints the whole policy."
        )
    if found.reads_data:
        sentences.append(data_warning(found.reads_data))
    return sentences


def data_warning(policies: Iterable[str]) -> str:
    """The warning that the role can read stored data, and what to do."""
    return (
        f"the role can read data: {', '.join(policies)} is attached. A scan needs configuration only: use a role with "
        "the policy of `hipaa-guard iam-policy`."
    )
