"""Logs that a service hands to CloudWatch Logs, which delivers them on ("vended logs").

A delivery source says of which resource and which type of logs; only a delivery sends them anywhere (CloudWatch Logs
API reference, PutDeliverySource and CreateDelivery, read 2026-11-30).
"""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.readings import Derived, Listed, View, ask, derived
from hipaa_guard.facts.values import Incomplete, Unknown, Value, joined

_SOURCES = ("aws_cloudwatch_log_delivery_source", "awscc_logs_delivery_source")
BESIDE = dict.fromkeys(_SOURCES, ("resource_arn",))
"""The types of delivery sources, with their argument that names the resource."""
_DELIVERIES = ("aws_cloudwatch_log_delivery", "awscc_logs_delivery")


def declared(view: View) -> Value:
    """The types of logs of a resource that a delivery sends on. `Incomplete` where others may be sent on."""
    found: list[str] = []
    unknown: Unknown | None = None
    sources = joined(*(view.linked(type, "resource_arn") for type in _SOURCES))
    for source in list.__iter__(sources):
        sent, type = _is_sent(source), source.get("log_type")
        doubt = next((each for each in (sent, type) if isinstance(each, Unknown)), None)
        if doubt is None and sent:
            found.append(str(type))
        elif sent is not False:
            unknown = doubt if unknown is None else unknown
    if isinstance(sources, Incomplete):
        unknown = sources.unknown if unknown is None else unknown
    return found if unknown is None else Incomplete(found, unknown)


def _is_sent(source: View) -> Value:
    """Whether a delivery of a source is declared."""
    deliveries = joined(*(source.linked(type, "delivery_source_name") for type in _DELIVERIES))
    if list.__len__(deliveries):
        return True
    return deliveries.unknown if isinstance(deliveries, Incomplete) else False


def answered(identity: Listed, names: Callable[[str, str], bool]) -> Derived:
    """The types of logs of a resource that a delivery sends on.

    `identity` is a text of the item of its listing, `names` whether an ARN is that of the resource with this text.
    """

    def read(text: str | None, sources: list[list[Value]] | None, deliveries: list[str] | None) -> list[Value]:
        sent = set(deliveries or ())
        return [
            type
            for name, type, arns in sources or []
            if text is not None and name in sent and any(names(arn, text) for arn in arns or [])
        ]

    return derived(
        read,
        identity,
        ask("logs.describe_delivery_sources", "deliverySources[].[name, logType, resourceArns]"),
        ask("logs.describe_deliveries", "deliveries[].deliverySourceName"),
    )
