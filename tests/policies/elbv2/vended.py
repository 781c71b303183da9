"""Delivery sources of CloudWatch Logs, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hipaa_guard.testing import answered, resource


def source(
    type: str, arn: str, *, sent: bool = True, name: str = "access", provider: str = "aws_cloudwatch_log"
) -> str:
    """A delivery source in Terraform, with a delivery of it or without one."""
    text = resource(f"{provider}_delivery_source", f'name = "{name}"\nlog_type = {type}\nresource_arn = {arn}', name)
    to = "arn:aws:logs:us-east-1:123456789012:delivery-destination:d"
    lines = f'delivery_source_name = {provider}_delivery_source.{name}.name\ndelivery_destination_arn = "{to}"'
    return text + (resource(f"{provider}_delivery", lines, name) if sent else "")


def answers(type: str, arn: Callable[[], str], *, sent: bool = True) -> Callable[[Any], None]:
    """The same in an account; the resource exists when it is asked for."""

    def register(session: Any) -> None:
        own = "arn:aws:logs:us-east-1:123456789012:delivery-source:access"
        told = {"name": "access", "arn": own, "logType": type, "resourceArns": [arn()]}
        answered(session, "logs", "DescribeDeliverySources", {"deliverySources": [told]})
        sends = [{"id": "1", "deliverySourceName": "access"}] if sent else []
        answered(session, "logs", "DescribeDeliveries", {"deliveries": sends})

    return register
