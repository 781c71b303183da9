"""Compute: machines with ePHI cannot be destroyed by a slip."""

from hipaa_guard.authoring import LOW, Fix, Inventory, Verdict, control, failed, not_applicable, passed
from hipaa_guard.controls.advice import AGAINST_MISTAKES
from hipaa_guard.judging.managed_instances import unless_managed
from hipaa_guard.judging.template_versions import template_of
from hipaa_guard.services import ec2


@control(
    title="EC2 instances are protected against termination",
    severity=LOW,
    hipaa=("164.312(c)(1)",),
    why="Terminating an instance deletes its root volume, and the ePHI on it, in one call.",
    fix=Fix(
        sets="aws_instance.disable_api_termination = true",
        cli="aws ec2 modify-instance-attribute --instance-id INSTANCE --disable-api-termination",
        note="It refuses calls of the API. A shutdown from inside still terminates an instance whose shutdown behavior is "
        "terminate, and so does an event that AWS has scheduled.",
    ),
    advisory=AGAINST_MISTAKES,
)
def ec2_instance_termination_protected(instance: ec2.Instance, inventory: Inventory) -> Verdict:
    if instance.auto_scaling_group is not None:
        return not_applicable("belongs to an Auto Scaling group, which replaces its instances at will")
    protected = instance.termination_protected
    if protected is None:
        template = template_of(instance, inventory)
        protected = template is not None and template.termination_protected
    if protected:
        return passed("is protected against termination")
    if _is_spot(instance, inventory):
        return not_applicable("is a Spot Instance, for which EC2 has no protection against termination")
    return unless_managed(instance, failed("is not protected against termination"))


def _is_spot(instance: ec2.Instance, inventory: Inventory) -> bool:
    """Whether it is a Spot Instance (EC2 user guide, "Change instance termination protection", read 2026-11-30)."""
    market = instance.market
    if market is None:
        template = template_of(instance, inventory)
        market = None if template is None else template.market
    return market == "spot"
