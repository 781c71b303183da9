"""The manual page, made from the help texts of all verbs in the form that ``man`` reads (man(7))."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDS = (
    ("0", "clean"),
    ("1", "gaps found"),
    ("2", "usage or configuration; an output that cannot be written"),
    ("3", "incomplete: a part was not looked at, a policy of your own is broken, or nothing was judged"),
    ("4", "an error of hipaa-guard"),
)
_VARIABLES = (
    ("NO_COLOR, FORCE_COLOR", "No colours, or colours also where the output is no terminal; as --color."),
    ("HIPAA_GUARD_PAGER, PAGER", "The pager where the output is a terminal; cat or an empty value is none."),
    ("HIPAA_GUARD_...", "An option of a scan, by its name in capitals: HIPAA_GUARD_FAIL_ON is --fail-on."),
    ("HIPAA_GUARD_DEBUG", "The details of an internal error."),
)
_FILES = (
    (".hipaa-guard.yaml", "The settings of a project; else [tool.hipaa-guard] of pyproject.toml."),
    (".hipaa-guard/exceptions.yaml", "The register of accepted risks."),
)


def manual_page() -> str:
    """The whole page."""
    from hipaa_guard.cli.main import cli

    return "\n".join(_lines(cli)) + "\n"


def _lines(cli: click.Group) -> Iterator[str]:
    yield '.TH HIPAA-GUARD 1 "" "hipaa-guard" "User commands"'
    yield ".SH NAME"
    yield r"hipaa\-guard \- judge Terraform and AWS accounts against the HIPAA Security Rule"
    every = list(verbs(("hipaa-guard",), cli))
    yield ".SH SYNOPSIS"
    for words, command in every:
        if not isinstance(command, click.Group):
            yield ".br"
            yield _usage(words, command)
    yield ".SH DESCRIPTION"
    yield from _help_of(cli)
    yield ".SH VERBS"
    for words, command in every[1:]:
        yield f".SS {_escaped(' '.join(words))}"
        yield from _help_of(command)
        yield from _options(words, command)
    yield ".SH EXIT STATUS"
    yield from _table(_ENDS)
    yield ".SH ENVIRONMENT"
    yield from _table(_VARIABLES)
    yield ".SH FILES"
    yield from _table(_FILES)


def verbs(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and all below it, each with the words that call it."""
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from verbs((*words, name), found)


def _usage(words: Sequence[str], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(words))
    return f".B {_escaped(' '.join(words))}\n{_escaped(' '.join(command.collect_usage_pieces(context)))}"


def _help_of(command: click.Command) -> Iterator[str]:
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield ".PP"
        yield _escaped(" ".join(paragraph.split()))


def _options(words: Sequence[str], command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=" ".join(words))
    for option in command.get_params(context):
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None and "--help" not in option.opts:
            yield from _table([record])


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    for head, text in rows:
        yield ".TP"
        yield f".B {_escaped(head)}"
        yield _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    """Text in which no character is one of man's own: no request at the start of a line, no escape."""
    plain = text.replace("\\", r"\(rs").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga")
    return rf"\&{plain}" if plain.startswith((".", r"\(aq")) else plain
