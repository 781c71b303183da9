"""TLS required: nothing is handed out or taken in over a connection that others can read."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from hipaa_guard.authoring import HIGH, LOW, PolicyDocument, Statement, Verdict, every, failed, judgement, passed
from hipaa_guard.facts.policies.denied_requests import PLAIN_HTTP
from hipaa_guard.facts.values import Undecided

IN_TRANSIT = ("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")
"""The lines that TLS gives evidence for. It shows changes on the way too, hence the integrity controls of (e)(2)(i)."""


@judgement(
    severity=HIGH,
    hipaa=IN_TRANSIT,
    why="Where plain connections are taken too, one careless client sends ePHI and passwords in the clear.",
)
def tls_required(required: bool, *_: object) -> Verdict:
    """Told whether connections without TLS are refused."""
    return passed("refuses connections without TLS") if required else failed("takes connections without TLS")


class PlainHttpRequests(NamedTuple):
    """The requests that must not be answered over plain HTTP, and the resource policy that may deny them."""

    policy: PolicyDocument | None
    actions: tuple[str, ...]
    resources: tuple[Iterable[str], ...]
    """For each resource that the requests are about, the names that it is known by."""
    encrypted: Callable[[], bool] = lambda: False
    """Whether what is stored is encrypted in a way that makes the service refuse plain HTTP, whatever the policy says.
    """


@judgement(
    severity=HIGH,
    hipaa=IN_TRANSIT,
    why="Requests over plain HTTP are answered unless the resource policy denies them, so ePHI can cross a network in "
    "the clear.",
)
def plain_http_denied(
    requests: PlainHttpRequests, *_: object, service: str, policy: str = "policy", on: str = ""
) -> Verdict:
    """Told the policy and the requests. A deny that spares a caller, an action or a resource leaves a way in.

    `service` answers the requests, `policy` is what it calls the policy, `on` names the resources if there are several.
    """
    document, actions, resources = requests.policy, requests.actions, requests.resources
    if document is None:
        return _answered(requests, f"has no {policy}", f", so {service} answers plain HTTP", service)
    denied = f"everyone {' and '.join(actions)}{on and f' on {on}'} without TLS"
    if every(lambda action: document.denies_plain_http(action, *resources), actions):
        return passed(f"denies {denied}")
    return _answered(requests, f"has a {policy}, but it does not deny {denied}", "", service)


def _answered(requests: PlainHttpRequests, gap: str, result: str, service: str) -> Verdict:
    """The gap, which is low where encryption keeps the service from answering plain HTTP for now."""
    try:
        refused = requests.encrypted()
    except Undecided:
        refused = False
    if refused:
        return failed(f"{gap}: only its encryption keeps {service} from answering plain HTTP", severity=LOW)
    return failed(f"{gap}{result}")


def holds_without_tls(statement: Statement) -> bool:
    """Whether the conditions of a statement hold for each request that is not made over TLS. Raises `Undecided`."""
    return every(PLAIN_HTTP.meet, statement.conditions)
