"""The version of a launch template that is used, where source shows the newest one only."""

from hipaa_guard.authoring import Inventory, Verdict
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.services import ec2


def template_of(instance: ec2.Instance, inventory: Inventory) -> ec2.LaunchTemplate | None:
    """The template with the settings that an instance leaves out; None where it has none.

    Raises:
        Undecided: it is not known, or the instance starts another version of it than source shows.

    """
    template = inventory.find(ec2.LaunchTemplate, instance.launch_template)
    if template is not None:
        other = _other_version(template, instance.template_version)
        if other is not None:
            raise Undecided(Unknown(f"it starts {other}"))
    return template


def if_used(verdict: Verdict, template: ec2.Instance | ec2.LaunchTemplate, inventory: Inventory) -> Verdict:
    """The verdict on a template; a pass only if everything that is declared beside it starts the version judged.

    Where nothing is, it is for those who start the default version. An instance, a launch configuration and a launch
    specification have no versions; a live account shows the default one.

    Raises:
        Undecided: the verdict is a pass, and something starts or may start another version.

    """
    if verdict.status is Status.FAIL or isinstance(template, ec2.LaunchConfiguration | ec2.LaunchSpecification):
        return verdict
    if isinstance(template, ec2.LaunchTemplate) and not inventory.complete:
        users = [user for user in inventory.seen(ec2.TemplateUser) if _starts_the_same(user, template, inventory)]
        is_used = any(user.origin.uncertain is None for user in users)
        other = None if is_used else _other_version(template, "$Default")
        if other is not None:
            raise Undecided(Unknown(f"who names no version starts {other}"))
    return verdict


def _starts_the_same(user: ec2.TemplateUser, template: ec2.LaunchTemplate, inventory: Inventory) -> bool:
    """Whether a resource starts instances from a template. Raises `Undecided` if from a version not judged."""
    starts = False
    for use in user.uses:
        # A template from outside, and one that is not known, is none that is declared here.
        if inventory.lookup(ec2.LaunchTemplate, use.peek("template")) is template:
            starts = True
            other = _other_version(template, use.version)
            if other is not None:
                raise Undecided(Unknown(f"{user.label} starts {other}"))
    return starts


def _other_version(template: ec2.LaunchTemplate, version: Value) -> str | None:
    """A version other than the one that source shows, in words; None where it is that one."""
    if version == "$Latest":
        return None
    number = template.default if version in (None, "", "$Default") else version
    if number is None or (template.newest is not None and str(number) == str(template.newest)):
        return None
    return f"version {number} of the launch template, and source shows the newest one only"
