"""Instances that a service of AWS runs for the customer: EKS Auto Mode, ECS and Lambda Managed Instances."""

from hipaa_guard.authoring import Verdict, not_applicable
from hipaa_guard.services import ec2


def unless_managed(instance: ec2.Instance, verdict: Verdict) -> Verdict:
    """The verdict on a setting of an instance, unless a service runs the instance, and no customer can change it.

    EC2 API reference, OperatorResponse; EKS user guide, "Learn about Amazon EKS Auto Mode Managed instances", read
    2026-11-30. It is for settings of the instance itself; an open port or a public address is a gap whoever made it.
    """
    if instance.operator is None:
        return verdict
    return not_applicable(f"is run by {instance.operator}, which alone makes and changes it")
