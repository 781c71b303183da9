"""``hipaa-guard iam-policy``: the least-privilege policy of a scan, from the tables of facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from hipaa_guard.assessment.gate import CLEAN, INCOMPLETE
from hipaa_guard.cli.commands import Command
from hipaa_guard.cli.loaded_controls import loaded, say_broken, wanted
from hipaa_guard.cli.words import CONTROL, OneOf

_MANAGED = (
    "SecurityAudit",
)  # `hipaa_guard.aws.planning.iam_policies.MANAGED`, which is imported only when the verb runs


@click.command("iam-policy", cls=Command)
@click.option(
    "-c", "--control", "only", multiple=True, type=CONTROL, metavar="ID", help="Only the actions for this control."
)
@click.option(
    "--policies", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Also load these controls."
)
@click.option(
    "--missing-from",
    "managed",
    type=OneOf(_MANAGED),
    help="Only the actions that this AWS managed policy, attached as well, does not allow.",
)
@click.option(
    "--format",
    "format",
    type=OneOf(["json", "cloudformation"]),
    default="json",
    show_default=True,
    help="The policy, or a template of a role with it (also for a StackSet).",
)
def iam_policy(only: tuple[str, ...], policies: tuple[Path, ...], managed: str | None, format: str) -> int:
    """Print the least-privilege IAM policy that a scan needs, with a Deny on reading data.

    Exit 3 if a policy of your own cannot be used: its actions are missing.
    """
    from hipaa_guard.aws.collecting.discovery import QUESTIONS
    from hipaa_guard.aws.planning.actions import actions_for
    from hipaa_guard.aws.planning.iam_policies import missing_from, policies_of, template
    from hipaa_guard.controls.facts_read import wanted_facts

    chosen = wanted(loaded(policies), only)
    say_broken(chosen.broken)
    code = INCOMPLETE if chosen.broken else CLEAN
    facts = wanted_facts(chosen.controls)
    actions = actions_for(facts, facts, () if only else QUESTIONS)
    parts = policies_of(missing_from(managed, actions) if managed else actions)
    if format == "cloudformation":
        click.echo(_yaml(template(parts, managed)), nl=False)
        return code
    click.echo(json.dumps(parts[0] if len(parts) == 1 else parts, indent=2))
    if len(parts) > 1:
        click.echo(
            f"hipaa-guard: IAM takes 6,144 characters a policy, so this is a list of {len(parts)}: attach them all. "
            "The first holds the Deny.",
            err=True,
        )
    return code


def _yaml(document: dict[str, Any]) -> str:
    import yaml

    class Plain(yaml.SafeDumper):
        """Writes no aliases: CloudFormation does not support them."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
            return True

    return yaml.dump(document, Dumper=Plain, sort_keys=False, width=110)
