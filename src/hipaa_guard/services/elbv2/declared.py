"""What the two providers declare of load balancers: logs, attributes, web ACLs and listeners."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.lists import Incomplete, joined
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Cause, Unknown, Value

AWSCC, AWSCC_LISTENER = "awscc_elasticloadbalancingv2_load_balancer", "awscc_elasticloadbalancingv2_listener"
AWSCC_RULE = "awscc_elasticloadbalancingv2_listener_rule"
LISTENERS = ("aws_lb_listener", "aws_alb_listener", AWSCC_LISTENER)
LISTENER_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule", AWSCC_RULE)
ASSOCIATIONS = ("aws_wafv2_web_acl_association", "awscc_wafv2_web_acl_association")
# WAF Classic, with an association type of its own, ended in 2025 and no longer protects anything.


def is_internal(scheme: str | None) -> bool:
    """Whether a scheme keeps a load balancer from the internet."""
    return scheme == "internal"


def awscc_internal(view: View) -> Value:
    """Whether a load balancer of the `awscc` provider is internal."""
    scheme = view.get("scheme")
    return scheme if isinstance(scheme, Unknown) else is_internal(scheme)


def awscc_attribute(key: str, default: str | None = None) -> Callable[[View], Value]:
    """An attribute of a load balancer of the `awscc` provider, which has them as a set of keys and values."""

    def read(view: View) -> Value:
        attributes = view.get("load_balancer_attributes")
        if isinstance(attributes, Unknown):
            return attributes
        doubt: Value = attributes.unknown if isinstance(attributes, Incomplete) else default
        for each in seen_of([] if attributes is None else attributes):
            name = each if isinstance(each, Unknown) else each.get("key")
            if isinstance(name, Unknown):
                doubt = name
            elif name == key:
                return each.get("value")
        return doubt

    return read


def awscc_logs_to(logs: str) -> Callable[[View], Value]:
    """As `logs_to`, of a load balancer of the `awscc` provider."""
    is_on, bucket = awscc_attribute(f"{logs}.s3.enabled"), awscc_attribute(f"{logs}.s3.bucket")

    def read(view: View) -> Value:
        enabled = is_on(view)
        if isinstance(enabled, Unknown):
            return Unknown(f"whether logs are delivered is not known: {enabled.reason}")
        return bucket(view) if str(enabled).lower() == "true" else None

    return read


def web_acl_of(view: View) -> Value:
    """The web ACL that is associated with a load balancer."""
    associations = joined(*(view.linked(type) for type in ASSOCIATIONS))
    first = next(iter(seen_of(associations)), None)
    if first is not None:
        return first.get("web_acl_arn")
    return associations.unknown if isinstance(associations, Incomplete) else None


def logs_to(block: str) -> Callable[[View], Value]:
    """The bucket of a block; None unless ``enabled`` is true, which is false by default."""

    def read(view: View) -> Value:
        enabled = view.get(f"{block}.enabled")
        if isinstance(enabled, Unknown):  # not an unknown bucket, which a variable could not name here
            return Unknown(f"whether logs are delivered is not known: {enabled.reason}")
        return view.get(f"{block}.bucket") if str(enabled).lower() == "true" else None

    return read


def listener_protocols(view: View) -> Value:
    """The protocols of the listeners that point here; unknown without any, as they are likely declared elsewhere."""
    found: list[Value] = []
    doubt: Unknown | None = None
    for type in LISTENERS:
        listeners = view.linked(type)
        found.extend(listener.get("protocol") for listener in seen_of(listeners))
        if isinstance(listeners, Incomplete):
            doubt = listeners.unknown if doubt is None else doubt
    if doubt is not None:
        return Incomplete(found, doubt)
    return found or Unknown("its listeners are not declared in this configuration", Cause.NOT_IN_SCOPE)


def seen_of(items: list[Value]) -> list[Value]:
    """The items that were seen, of a list that may be `Incomplete`."""
    return items.seen if isinstance(items, Incomplete) else items
