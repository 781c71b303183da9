"""Write what is generated from the tables: ``python -m docs.generate``; ``--check`` only compares.

That is the generated pages of docs/, and the catalogue of the controls that ships with them.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from hipaa_guard.controls.catalogue import FILE
from hipaa_guard.controls.cataloguing import catalogue_of
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.loading import load
from hipaa_guard.controls.wanted import kinds_of
from hipaa_guard.facts.readings import Ask, Derived, Listed, Listing, Singleton, TerraformReading
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.law import PARSED, YAML_FILES, checksum, citations, directory, parsed, text_of

HERE = Path(__file__).parent
MADE = "<!-- Made by `make docs`: do not edit. -->\n\n"


def controls_page(controls: list[Control]) -> str:
    """Every control by safeguard, with what it cites and its equivalents."""
    lines = [f"# Controls\n\n{MADE}{len(controls)} controls. `hipaa-guard explain ID` tells one in full.\n"]
    for safeguard in sorted({control.safeguard for control in controls}):
        lines.append(f"\n## {safeguard.replace('_', ' ').capitalize()}\n")
        lines.append("| control | what a good resource is like | severity | 45 CFR | equivalents |")
        lines.append("|---|---|---|---|---|")
        for control in controls:
            if control.safeguard == safeguard:
                peers = ", ".join(f"{id}" for _, ids in sorted(control.peers.items()) for id in ids)
                cited = ", ".join(control.hipaa)
                lines.append(f"| `{control.id}` | {control.title} | {control.severity} | {cited} | {peers} |")
    return "\n".join(lines) + "\n"


def rule_page(controls: list[Control]) -> str:
    """Every line of the rule, what a scan can say of it, and which controls do."""
    lines = [
        f"# The Security Rule, line by line\n\n{MADE}",
        "What a scanner can decide of each standard and specification, and the controls that look at it.",
        "Lines without a control need a person or are inherited from AWS; the report lists them all the same.",
        "Resources of the subjects of a line belong to it: where one of them was not judged, the line is *evidence in",
        "part*. [resource_types.csv](../policies/law/resource_types.csv) says which types belong to which subject.\n",
        "| 45 CFR | name | type | a scan can decide it | subjects | controls |",
        "|---|---|---|---|---|---|",
    ]
    for citation, requirement in citations().items():
        cited = ", ".join(f"`{control.id}`" for control in controls if citation in control.hipaa)
        subjects = ", ".join(_subject(place) for place in requirement.judged_by)
        parts = (citation, requirement.name, requirement.type, requirement.assessment, subjects, cited)
        lines.append(f"| {' | '.join(parts)} |")
    return "\n".join(lines) + "\n"


def _subject(place: str) -> str:
    folder, _, holds = place.partition("/")
    return folder.replace("_", " ") + (f" ({holds})" if holds else "")


def facts_page(controls: list[Control]) -> str:
    """Every kind with its facts and where each source tells them."""
    lines = [
        f"# Kinds and facts\n\n{MADE}What is read of each kind of resource, where Terraform writes it and which AWS",
        "call answers it. Where a cell names a function, the service module has it.\n",
    ]
    for kind in kinds_of(controls):
        lines.extend(_kind(kind))
    return "\n".join(lines) + "\n"


def _kind(kind: type[Resource]) -> Iterator[str]:
    first_line = (kind.__doc__ or "").strip().splitlines()[0]
    yield f"\n## {kind.kind}\n\n{first_line}\n"
    block = kind.terraform
    types = ", ".join(f"`{block.told_in(type)}`" for type in block.types) if block else f"none: {kind.live_only}"
    yield f"Terraform: {types}. AWS: {_listing(kind.aws, kind)}.\n"
    if kind.facts:
        yield "| fact | values | Terraform | when left out | AWS |"
        yield "|---|---|---|---|---|"
        for fact in kind.facts.values():
            unset = "" if fact.live_only is not None else _unset(fact.unset)
            values = "" if fact.allowed is None else str(fact.allowed)
            yield f"| {fact.name} | {values} | {_terraform(fact)} | {unset} | {_aws(fact)} |"


def _unset(value: Value) -> str:
    return f"unknown: {value.reason}" if isinstance(value, Unknown) else f"`{value!r}`"


def _listing(listing: Listing | Singleton | None, kind: type[Resource]) -> str:
    if listing is None:
        return f"none: {kind.terraform_only}"
    if isinstance(listing, Singleton):
        return f"one for each {listing.scope}"
    return f"`{listing.operation}`"


def _terraform(fact: Fact) -> str:
    if fact.live_only is not None:
        return f"not told: {fact.live_only}"
    aws, awscc = _named(fact.readings("aws_")), _named(fact.readings("awscc_"))
    if fact.awscc is None or aws == awscc:
        return aws
    return "; ".join(filter(None, (aws, f"awscc: {awscc}")))


def _named(readings: Iterable[TerraformReading]) -> str:
    # A function made by another is known by the name of its maker.
    named = (r if isinstance(r, str) else f"{r.__qualname__.partition('.')[0].strip('_')}()" for r in readings)
    return ", else ".join(f"`{name}`" for name in named)


def _aws(fact: Fact) -> str:
    if fact.aws is None:
        return f"not told: {fact.terraform_only}"
    readings = fact.aws.readings if isinstance(fact.aws, Derived) else (fact.aws,)
    return ", ".join(dict.fromkeys(_asked(reading) for reading in readings)) or "computed"


def _asked(reading: Listed | Ask) -> str:
    return "the listing" if isinstance(reading, Listed) else f"`{reading.operation}`"


_ENDINGS = """
## Exit codes and streams

| code | meaning |
|---|---|
| 0 | clean |
| 1 | gaps found |
| 2 | usage or configuration; an output that cannot be written |
| 3 | incomplete: something was not looked at, a policy of your own is broken, or nothing was judged |
| 4 | an error of hipaa-guard |
| 130, 143, 129 | stopped by Ctrl-C (SIGINT), SIGTERM, SIGHUP |
| 141 | the reader of the standard output has gone |

Of several reasons for 0 to 4, 4 goes before 2, 2 before 1, and 1 before 3.

- Results go to the standard output, all else to the standard error. Where the standard output is closed or full, a verb
  that prints on it ends with exit code 2 and one sentence. Where it is a pipe whose reader has gone (`| head -1`), the
  verb ends without a word and with 141: never with 0, so that under `pipefail` no gate passes by it. Files that
  `-o FORMAT=FILE` names are written first.
- A standard error that is closed or full changes no verdict and no exit code.
- A file is written whole or not at all. Where it cannot be written, the text names it, the former file stays as it
  was, and the exit code is 2.
- A verb that is stopped removes its temporary files and the tree that it took from git, and ends the git that it
  started. A scan of an account keeps its ledger for `--resume`, if anything was answered. After the first signal only
  Ctrl-C breaks that off. A signal that was ignored when the verb began (`nohup`) stays ignored. SIGKILL removes
  nothing.
"""


def cli_page() -> str:
    """The help texts of all verbs."""
    from hipaa_guard.cli.main import cli

    lines = [f"# Command line\n\n{MADE}{_ENDINGS}"]
    for words, command in _commands(("hipaa-guard",), cli):
        context = click.Context(command, info_name=" ".join(words), max_content_width=100)
        context.terminal_width = 100
        lines.append(f"## {' '.join(words)}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(lines)


def _commands(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _commands((*words, name), found)


def settings_schema() -> str:
    """The JSON Schema of the project's settings, for editors."""
    from hipaa_guard.cli.settings import schema

    return json.dumps(schema(), indent=2) + "\n"


def law_as_json() -> str:
    """What scans need of the law data, with a checksum of each file."""
    texts = {name: text_of(name) for name in YAML_FILES}
    told = {name: {"checksum": checksum(text), "document": parsed(text)} for name, text in texts.items()}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def pages() -> dict[Path, str]:
    """The generated files."""
    controls = load()
    return {
        HERE / "controls.md": controls_page(controls),
        HERE / "security-rule.md": rule_page(controls),
        HERE / "facts.md": facts_page(controls),
        HERE / "command-line.md": cli_page(),
        HERE / "hipaa-guard.schema.json": settings_schema(),
        FILE: catalogue_of(controls),
        directory() / PARSED: law_as_json(),
    }


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` say which are out of date."""
    stale = 0
    for path, text in pages().items():
        name = path.relative_to(HERE.parent)
        written = path.read_text(encoding="utf-8") if path.exists() else ""
        if written == text:
            continue
        stale += 1
        if "--check" in arguments:
            difference = difflib.unified_diff(written.splitlines(), text.splitlines(), str(name), "now", lineterm="")
            click.echo("\n".join(list(difference)[:20]))
        else:
            path.write_text(text, encoding="utf-8")
            click.echo(f"wrote {name}")
    if stale and "--check" in arguments:
        click.echo(f"{stale} generated files are out of date: run `make docs` and commit them", err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
