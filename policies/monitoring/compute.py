"""Compute: what goes wrong on instances is seen soon."""

from hipaa_guard.authoring import LOW, Fix, Inventory, Verdict, control, failed, passed
from hipaa_guard.controls.advice import MORE_METRICS
from hipaa_guard.judging.managed_instances import unless_managed
from hipaa_guard.judging.template_versions import template_of
from hipaa_guard.services import ec2


@control(
    title="EC2 instances report metrics every minute",
    severity=LOW,
    hipaa=("164.308(a)(1)(ii)(D)",),
    why="With five-minute metrics, a burst that copies ePHI out or a miner that moved in shows late or not at all.",
    fix=Fix(
        sets="aws_instance.monitoring = true",
        cli="aws ec2 monitor-instances --instance-ids INSTANCE",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "ec2_instance_detailed_monitoring_enabled",
        "powerpipe": "ec2_instance_detailed_monitoring_enabled",
        "cdk_nag": "HIPAA.Security-EC2InstanceDetailedMonitoringEnabled",
        "checkov": "CKV_AWS_126",
    },
    advisory=MORE_METRICS,
)
def ec2_instance_detailed_monitoring(instance: ec2.Instance, inventory: Inventory) -> Verdict:
    monitored = instance.detailed_monitoring
    if monitored is None:
        template = template_of(instance, inventory)
        monitored = template is not None and template.detailed_monitoring
    if monitored:
        return passed("reports metrics every minute")
    return unless_managed(instance, failed("reports metrics every five minutes only"))
