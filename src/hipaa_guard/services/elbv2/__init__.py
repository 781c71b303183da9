"""Elastic Load Balancing: application, network and gateway load balancers, and their listeners."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, cast

from hipaa_guard.facts.allowed_values import Domain, between, one_of
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.readings import Ask, Block, Derived, Listing, View, ask, derived, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Fact, Resource, fact
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.services.elbv2 import declared
from hipaa_guard.services.elbv2.declared import ASSOCIATIONS, LISTENERS

_PROTOCOLS = one_of("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC", fold=True)
"""The provider (5.100) accepts these, and types of actions, in either case."""


def _attribute(key: str) -> Ask:
    """An attribute of a load balancer; one call answers all. AWS leaves out those that its type does not have."""
    return ask(
        "elbv2.describe_load_balancer_attributes",
        f"Attributes[?Key=='{key}'].Value | [0]",
        LoadBalancerArn="{LoadBalancerArn}",
    )


def _delivered(logs: str) -> Derived:
    """The bucket that the attributes of a kind of logs name; None where they do not turn it on."""
    return derived(_answered_logs, _attribute(f"{logs}.s3.enabled"), _attribute(f"{logs}.s3.bucket"))


def _answer(value: str | None) -> Value:
    return Unknown("AWS did not answer this attribute") if value is None else value


def _answered_logs(enabled: str | None, bucket: str | None) -> str | None:
    return bucket if enabled == "true" else None


class LoadBalancer(Resource):
    """An application, network or gateway load balancer."""

    noun = "load balancer"
    terraform = Block(
        "aws_lb",
        "aws_alb",
        declared.AWSCC,
        name="name",
        awscc_name="name",
        joins=dict.fromkeys(LISTENERS, "load_balancer_arn") | dict.fromkeys(ASSOCIATIONS, "resource_arn"),
        shared=ASSOCIATIONS,
        also=("load_balancer_arn",),
    )
    aws = Listing(
        "elbv2.describe_load_balancers",
        "LoadBalancers[]",
        arn="{LoadBalancerArn}",
        name="LoadBalancerName",
        keys=("LoadBalancerArn",),
    )
    aws_types = (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "elasticloadbalancing:loadbalancer/app",
        "elasticloadbalancing:loadbalancer/net",
        "elasticloadbalancing:loadbalancer/gwy",
    )
    security_hub_type = "AwsElbv2LoadBalancer"

    type: str = fact(
        terraform="load_balancer_type",
        awscc="type",
        unset="application",
        aws=listed("Type"),
        allowed=one_of("application", "network", "gateway"),
    )
    """``application``, ``network`` or ``gateway``."""

    internal: bool = fact(
        terraform="internal",
        awscc=declared.awscc_internal,
        unset=False,
        aws=derived(declared.is_internal, listed("Scheme")),
    )

    log_bucket: str | None = fact(
        terraform=declared.logs_to("access_logs"),
        awscc=declared.awscc_logs_to("access_logs"),
        unset=None,
        aws=_delivered("access_logs"),
    )
    """The bucket for access logs; None if there are none."""

    connection_log_bucket: str | None = fact(
        terraform=declared.logs_to("connection_logs"),
        awscc=declared.awscc_logs_to("connection_logs"),
        unset=None,
        aws=_delivered("connection_logs"),
    )
    """The bucket for connection logs, which application load balancers alone have; None if there are none."""

    health_check_log_bucket: str | None = fact(
        terraform=declared.logs_to("health_check_logs"),
        awscc=declared.awscc_logs_to("health_check_logs"),
        unset=None,
        aws=_delivered("health_check_logs"),
    )
    """The bucket for logs of health checks, which application load balancers alone have; None if there are none."""

    listener_protocols: list[str] = fact(
        terraform=declared.listener_protocols,
        awscc=declared.listener_protocols,
        unset=(),
        aws=ask("elbv2.describe_listeners", "Listeners[].Protocol", LoadBalancerArn="{LoadBalancerArn}"),
        allowed=_PROTOCOLS,
    )
    """The protocols of its listeners."""

    deletion_protection: bool = fact(
        terraform="enable_deletion_protection",
        awscc=declared.awscc_attribute("deletion_protection.enabled", "false"),
        unset=False,
        aws=_attribute("deletion_protection.enabled"),
    )

    drops_invalid_headers: bool = fact(
        terraform="drop_invalid_header_fields",
        awscc=declared.awscc_attribute("routing.http.drop_invalid_header_fields.enabled", "false"),
        unset=False,
        aws=derived(_answer, _attribute("routing.http.drop_invalid_header_fields.enabled")),
    )

    desync_mitigation: str = fact(
        terraform="desync_mitigation_mode",
        awscc=declared.awscc_attribute("routing.http.desync_mitigation_mode", "defensive"),
        unset="defensive",
        aws=derived(_answer, _attribute("routing.http.desync_mitigation_mode")),
        allowed=one_of("monitor", "defensive", "strictest"),
    )
    """``monitor``, ``defensive`` or ``strictest``."""

    web_acl: str | None = fact(
        terraform=declared.web_acl_of,
        awscc=declared.web_acl_of,
        unset=None,
        aws=ask(
            "wafv2.get_web_acl_for_resource",
            "WebACL.ARN",
            ResourceArn="{LoadBalancerArn}",
            absent="WAFNonexistentItemException",
        ),
    )
    """The web ACL that inspects requests. Network and gateway load balancers cannot have one."""


def access_log_target_of(balancer: LoadBalancer) -> Value:
    """The target of access logs, for judging the target. This reading is no evidence of that finding."""
    return balancer.peek(cast("Fact", LoadBalancer.log_bucket))


def application_log_target_of(balancer: LoadBalancer) -> Value:
    """As `access_log_target_of`, of an application load balancer alone; None for others."""
    bucket, type = access_log_target_of(balancer), balancer.peek(cast("Fact", LoadBalancer.type))
    if bucket is not None and isinstance(type, Unknown):
        return Unknown(f"the type of the load balancer is not known: {type.reason}")
    return bucket if bucket is None or type == "application" else None


def connection_log_target_of(balancer: LoadBalancer) -> Value:
    """The target of connection logs, for judging the target."""
    return balancer.peek(cast("Fact", LoadBalancer.connection_log_bucket))


def health_check_log_target_of(balancer: LoadBalancer) -> Value:
    """The target of logs of health checks, for judging the target."""
    return balancer.peek(cast("Fact", LoadBalancer.health_check_log_bucket))


class Action(Record):
    """The action of a listener for a request."""

    __slots__ = ("redirects_to", "type")
    allowed: ClassVar[Mapping[str, Domain]] = {
        "type": one_of(
            *("forward", "redirect", "fixed-response", "authenticate-oidc", "authenticate-cognito", "jwt-validation"),
            fold=True,
        ),
        "redirects_to": one_of("#{protocol}", "HTTP", "HTTPS"),
    }

    type: str
    """``forward``, ``redirect``, ``fixed-response``, or an authentication, which precedes another action."""
    redirects_to: str | None
    """The protocol of a redirect; ``#{protocol}`` means that of the request."""


def _declared_actions(view: View, argument: str) -> list[Action]:
    """The actions in a view's blocks; `Incomplete` if some are not known."""
    blocks = view.get(argument)
    return Incomplete([], blocks) if isinstance(blocks, Unknown) else mapped(_action, [] if blocks is None else blocks)


def _default_actions(view: View) -> list[Action]:
    return _declared_actions(view, "default_actions" if view.type == declared.AWSCC_LISTENER else "default_action")


def _action(block: dict[str, Value] | Unknown) -> Action:
    if isinstance(block, Unknown):
        return Action(type=block, redirects_to=block)
    redirect = block.get("redirect_config") if block.get("redirect") is None else block["redirect"]
    if isinstance(redirect, list):
        redirect = redirect[0] if redirect else None
    if isinstance(redirect, dict):
        protocol = redirect.get("protocol")
        redirect = "#{protocol}" if protocol is None else protocol  # the provider's default
    return Action(type=block.get("type"), redirects_to=redirect)


def _rule_actions(view: View) -> list[Action]:
    """The actions of the listener's rules, which are separate resources; those that may be its are candidates."""
    return joined(*(_actions_of_rules(view.linked(type), type) for type in declared.LISTENER_RULES))


def _actions_of_rules(rules: list[View], type: str) -> list[Action]:
    argument = "actions" if type == declared.AWSCC_RULE else "action"

    def actions_of(views: list[View]) -> list[Action]:
        return joined(*(_declared_actions(view, argument) for view in views))

    if not isinstance(rules, Incomplete):
        return actions_of(rules)
    possible = None if rules.candidates is None else actions_of(rules.candidates)
    others = None if isinstance(possible, Incomplete) else possible
    return joined(actions_of(rules.seen), Incomplete([], rules.unknown, others))


def _answered_actions(actions: list[dict[str, Value]] | None) -> list[Action]:
    return [
        Action(type=one["Type"], redirects_to=one.get("RedirectConfig", {}).get("Protocol")) for one in actions or []
    ]


# Names of security policies include the oldest version of TLS that they accept, except for these.
_UNNAMED = {
    "ELBSecurityPolicy-2016-08": "1.0",
    "ELBSecurityPolicy-2015-05": "1.0",
    "ELBSecurityPolicy-FS-2018-06": "1.0",
}


def minimum_tls(policy: Value) -> Value:
    """The oldest version of TLS that a security policy accepts (``1.2``).

    Application Load Balancer guide, "Security policies": ``TLS13-1-2-Res-PQ-2025-09``, ``FS-1-1-2019-08``.
    """
    if isinstance(policy, Unknown):
        return policy
    named = re.match(r"ELBSecurityPolicy-(?:TLS13|TLS|FS)-1-([0-3])-", str(policy))
    version = f"1.{named[1]}" if named else _UNNAMED.get(str(policy))
    return version or Unknown(f"{policy} is not a security policy whose TLS versions are known here")


class Listener(Resource):
    """A port of a load balancer."""

    noun = "listener"
    terraform = Block(
        *LISTENERS,
        joins=dict.fromkeys(declared.LISTENER_RULES, "listener_arn"),
        also=("listener_arn",),
    )
    aws = Listing(
        "elbv2.describe_listeners",
        "Listeners[]",
        of=LoadBalancer,
        arn="{ListenerArn}",
        name="ListenerArn",
        keys=("ListenerArn",),
        LoadBalancerArn="{LoadBalancerArn}",
    )
    aws_types = (
        "AWS::ElasticLoadBalancingV2::Listener",
        "elasticloadbalancing:listener/app",
        "elasticloadbalancing:listener/net",
        "elasticloadbalancing:listener/gwy",
    )

    load_balancer: str | None = fact(
        terraform="load_balancer_arn", awscc="load_balancer_arn", unset=None, aws=listed("LoadBalancerArn")
    )

    port: int | None = fact(terraform="port", awscc="port", unset=None, aws=listed("Port"), allowed=between(0, 65535))

    protocol: str | None = fact(
        terraform="protocol", awscc="protocol", unset=None, aws=listed("Protocol"), allowed=_PROTOCOLS
    )
    """None if Terraform leaves it out: HTTP for an application load balancer; gateways have none."""

    minimum_tls: str = fact(
        terraform="ssl_policy",
        awscc="ssl_policy",
        unset="ELBSecurityPolicy-2016-08",  # the API's default; the console chooses a newer one
        parse=minimum_tls,
        aws=listed("SslPolicy"),
    )
    """The oldest accepted version of TLS, if the protocol is HTTPS or TLS."""

    default_actions: list[Action] = fact(
        terraform=_default_actions,
        awscc=_default_actions,
        unset=(),
        aws=derived(_answered_actions, listed("DefaultActions", always=True)),
    )

    rule_actions: list[Action] = fact(
        terraform=_rule_actions,
        awscc=_rule_actions,
        unset=(),
        aws=derived(
            _answered_actions,
            ask("elbv2.describe_rules", "Rules[?IsDefault==`false`].Actions[]", ListenerArn="{ListenerArn}"),
        ),
    )
    """The actions of the rules that precede the default."""


_BALANCER = regex(r"arn:[\w-]+:elasticloadbalancing:.*:loadbalancer/(?P<type>app|net|gwy)/.+")
_TYPES_IN_ARNS = {"app": "application", "net": "network", "gwy": "gateway"}


def type_of_balancer(listener: Listener, inventory: Inventory) -> str | None:
    """The type of the load balancer of a listener, which a written ARN tells too; None where it has none.

    Raises:
        Undecided: it is not known.

    """
    arn = listener.load_balancer
    named = _BALANCER.fullmatch(arn) if inventory.is_text(arn) and arn is not None else None
    if named is not None:
        return _TYPES_IN_ARNS[named["type"]]
    balancer = inventory.find(LoadBalancer, arn)
    return None if balancer is None else balancer.type
