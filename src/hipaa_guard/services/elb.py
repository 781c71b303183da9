"""Elastic Load Balancing: classic load balancers."""

from __future__ import annotations

from typing import cast

from hipaa_guard.facts.readings import Ask, Block, Listing, View, ask, derived
from hipaa_guard.facts.resource import Fact, Resource, fact
from hipaa_guard.facts.values import Unknown, Value


def _declared_logs(view: View) -> Value:
    """The bucket of the block; ``enabled`` is true by default (provider 5.100, ``aws_elb``)."""
    enabled = view.get("access_logs.enabled")
    return _if_on(True if enabled is None else enabled, view, "access_logs.bucket")


def _awscc_logs(view: View) -> Value:
    bucket, enabled = "access_logging_policy.s3_bucket_name", view.get("access_logging_policy.enabled")
    if enabled is None and view.get(bucket) is not None:
        return Unknown("access_logging_policy.enabled is left out, which CloudFormation requires")
    return _if_on(enabled, view, bucket)


def _if_on(enabled: Value, view: View, bucket: str) -> Value:
    if isinstance(enabled, Unknown):  # not an unknown bucket, which a variable could not name here
        return Unknown(f"whether logs are delivered is not known: {enabled.reason}")
    return view.get(bucket) if str(enabled).lower() == "true" else None


def _log_attribute(name: str, *, always: bool = False) -> Ask:
    return ask(
        "elb.describe_load_balancer_attributes",
        f"LoadBalancerAttributes.AccessLog.{name}",
        LoadBalancerName="{LoadBalancerName}",
        always=always,
    )


def _answered_logs(enabled: bool, bucket: str | None) -> str | None:
    return bucket if enabled else None


class ClassicLoadBalancer(Resource):
    """A classic load balancer."""

    noun = "classic load balancer"
    terraform = Block(
        "aws_elb", "awscc_elasticloadbalancing_load_balancer", name="name", awscc_name="load_balancer_name"
    )
    tells_of_others = True
    aws = Listing(
        "elb.describe_load_balancers",
        "LoadBalancerDescriptions[]",
        arn="arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{LoadBalancerName}",
        name="LoadBalancerName",
    )
    aws_types = ("AWS::ElasticLoadBalancing::LoadBalancer", "elasticloadbalancing:loadbalancer")

    log_bucket: str | None = fact(
        terraform=_declared_logs,
        awscc=_awscc_logs,
        unset=None,
        aws=derived(_answered_logs, _log_attribute("Enabled", always=True), _log_attribute("S3BucketName")),
    )
    """The bucket for access logs; None if there are none."""


def access_log_target_of(balancer: ClassicLoadBalancer) -> Value:
    """The target of access logs, for judging the target. This reading is no evidence of that finding."""
    return balancer.peek(cast("Fact", ClassicLoadBalancer.log_bucket))
