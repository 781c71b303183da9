"""Before a long scan: who asks, and what the role lacks."""

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

# AWS managed policies that allow reading what is stored, most of all first.
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
    """What came of trying one call."""

    call: ForecastCall
    key: str
    answer: Answer

    @property
    def refusal(self) -> Refusal | None:
        """Why it was refused; None where it was answered, where there is none, and where the service is not offered."""
        if self.answer.refusal is None or self.answer.absent(tuple(self.call.absent)):
            return None
        return None if self.answer.refusal.meaning is Meaning.NOT_OFFERED else self.answer.refusal

    @property
    def offered(self) -> bool:
        """Whether the service exists in the region."""
        return self.answer.refusal is None or self.answer.refusal.meaning is not Meaning.NOT_OFFERED


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was learnt of an account before its scan."""

    account: AwsAccount
    probes: tuple[Probe, ...]
    reads_data: tuple[str, ...] | None
    """The attached AWS managed policies that allow reading what is stored; None where it could not be told."""
    not_told: str
    """Why it could not be told, or what the answer does not cover."""
    fields: Mapping[str, Field]
    whole: bool
    """Whether all pages were read."""

    @property
    def answers(self) -> Mapping[str, Answer]:
        """What is kept of what was answered in full, or refused for a reason that stays, by `call_key`."""
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
        """Whether everything that a fact needs, and was tried, was answered."""
        needed = (probe for probe in self.probes if probe.call.needed)
        return not self.account.gaps and all(probe.refusal is None for probe in needed)

    @property
    def faults(self) -> int:
        """Calls that this program made wrongly."""
        refusals = (probe.refusal for probe in self.probes if probe.call.needed)
        return sum(1 for refusal in refusals if refusal is not None and refusal.meaning is Meaning.OURS)


def preflight(account: AwsAccount, plan: Prepared) -> Preflight:
    """Try the first page of each call of the plan that needs no resource, in one region.

    Calls for each resource need one, so what only they lack is first seen in the scan.
    """
    calls = [call for call in plan.calls if call.times is not Times.RESOURCE and not call.note]
    return _tried(account, plan, calls, first_page=True)


def glance(account: AwsAccount, plan: Prepared) -> Preflight:
    """Make one call a service, in one region: the smallest answer that the plan has, to its last page.

    The scan need not make these again.
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
    """A foreseen call under way."""

    call: ForecastCall
    key: str
    asked: Call

    def attempt(self) -> Probe:
        return Probe(self.call, self.key, self.asked.attempt())

    def overdue(self) -> Probe | None:
        answer = self.asked.overdue()
        return None if answer is None else Probe(self.call, self.key, answer)


def _reads_data(account: AwsAccount) -> tuple[tuple[str, ...] | None, str]:
    """Which wide AWS managed policies the caller has, and what that leaves open."""
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
    """The names of the AWS managed policies in an answer; one's own may have any name."""
    policies = (answer or {}).get("AttachedPolicies", [])
    return {each["PolicyName"] for each in policies if each["PolicyArn"].split(":")[4] == "aws"}


def _principal(arn: str) -> tuple[str, str] | None:
    """Whether a role or a user calls, and its name: ``assumed-role/NAME/SESSION``, ``user/PATH/NAME``."""
    sort, _, rest = arn.split(":", 5)[5].partition("/")
    if sort == "assumed-role":
        return "role", rest.partition("/")[0]
    return ("user", rest.rpartition("/")[2]) if sort == "user" else None


def warnings(found: Preflight) -> list[str]:
    """What should be known before a long scan goes on."""
    told = []
    if found.missing:
        told.append(
            f"the role lacks at least {', '.join(found.missing)}; what it cannot read will be unknown. "
            "`scan aws --preflight` tells more, `iam-policy` prints the whole policy."
        )
    if found.reads_data:
        told.append(data_warning(found.reads_data))
    return told


def data_warning(policies: Iterable[str]) -> str:
    """That the role can read what is stored, and what to do."""
    return (
        f"the role can read data: {', '.join(policies)} is attached. A scan needs configuration only: use a role with "
        "the policy of `hipaa-guard iam-policy`."
    )
