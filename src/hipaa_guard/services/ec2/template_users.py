"""What starts instances from launch templates, and the versions that it starts."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete, joined
from hipaa_guard.facts.readings import Block, View
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Reference, Value
from hipaa_guard.services.ec2.arguments import of_blocks


def version_of(value: Value) -> Value:
    """A version, with ``$Latest`` and ``$Default`` for the attributes of a template that have their numbers."""
    if not isinstance(value, Reference):
        return value
    return "$Default" if value.attribute in ("default_version", "default_version_number") else "$Latest"


class TemplateUse(Record):
    """One use of a launch template."""

    __slots__ = ("template", "version")

    template: str | None
    version: str | None
    """A number, ``$Latest``, ``$Default``, or None, which means ``$Default``."""


_AUTO_SCALING = "mixed_instances_policy.launch_template"
# Type -> paths of the blocks that name a template.
_BLOCKS = {
    "aws_autoscaling_group": (
        "launch_template",
        f"{_AUTO_SCALING}.launch_template_specification",
        f"{_AUTO_SCALING}.override.launch_template_specification",
    ),
    "aws_batch_compute_environment": ("compute_resources.launch_template",),
    "aws_ec2_fleet": ("launch_template_config.launch_template_specification",),
    "aws_eks_node_group": ("launch_template",),
    "aws_spot_fleet_request": ("launch_template_config.launch_template_specification",),
    "awscc_autoscaling_auto_scaling_group": (
        "launch_template",
        f"{_AUTO_SCALING}.launch_template_specification",
        f"{_AUTO_SCALING}.overrides.launch_template_specification",
    ),
    "awscc_batch_compute_environment": (
        "compute_resources.launch_template",
        "compute_resources.launch_template.overrides",
    ),
    "awscc_ec2_ec2_fleet": ("launch_template_configs.launch_template_specification",),
    "awscc_ec2_spot_fleet": ("spot_fleet_request_config_data.launch_template_configs.launch_template_specification",),
    "awscc_eks_nodegroup": ("launch_template",),
}
NAMING_A_TEMPLATE = ("id", "launch_template_id", "name", "launch_template_name")


def _uses(view: View) -> Value:
    found: list[Value] = []
    for path in _BLOCKS[view.type]:
        first, *steps = path.split(".")
        blocks = of_blocks(view.get(first), lambda block: block)
        for step in steps:
            blocks = _below(blocks, step)
        found = joined(found, of_blocks(blocks, _use))
    return found


def _below(blocks: list[Value], step: str) -> list[Value]:
    """The nested blocks of one type in several blocks."""
    seen = blocks.seen if isinstance(blocks, Incomplete) else blocks
    inner = joined(*(of_blocks(block.get(step), lambda block: block) for block in seen))
    return joined(inner, Incomplete([], blocks.unknown)) if isinstance(blocks, Incomplete) else inner


def _use(block: dict[str, Value]) -> TemplateUse:
    named = next((block[argument] for argument in NAMING_A_TEMPLATE if block.get(argument) is not None), None)
    return TemplateUse(template=named, version=version_of(block.get("version")))


class TemplateUser(Resource):
    """An Auto Scaling group, a fleet, a node group or a compute environment, which starts instances from templates."""

    terraform = Block(*_BLOCKS)
    terraform_only = "a live account is asked for the versions that Auto Scaling groups use (`LaunchTemplateVersion`)"

    uses: list[TemplateUse] = fact(terraform=_uses, awscc=_uses, unset=[], terraform_only=terraform_only)
