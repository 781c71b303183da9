"""An option that takes one value is never given two of which one is forgotten. The cases are the command tree itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from hipaa_guard.cli.commands import Command, CommandGroup, takes_several
from hipaa_guard.cli.configuration.settings_file import FILE
from hipaa_guard.cli.main import cli, run
from hipaa_guard.cli.scan import aws

Case = tuple[tuple[str, ...], click.Option]


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands with the words that lead to them."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from commands(below, (*path, name))


ALL = dict(commands(cli))
OPTIONS: list[Case] = [
    (path, option)
    for path, command in ALL.items()
    for option in command.get_params(click.Context(command))
    if isinstance(option, click.Option)
]


def named(case: Case) -> str:
    path, option = case
    return " ".join((*path, max(option.opts, key=len)))


ONCE = [case for case in OPTIONS if not takes_several(case[1])]
SEVERAL = [case for case in OPTIONS if takes_several(case[1]) and not case[1].is_flag]


def spelt(option: click.Option, name: str) -> list[str]:
    return [name] if option.is_flag else [name, "x"]


def test_every_command_is_of_the_kind_that_counts() -> None:
    assert len(ALL) >= 30
    assert [path for path, command in ALL.items() if not isinstance(command, Command | CommandGroup)] == []


@pytest.mark.parametrize("case", ONCE, ids=named)
def test_what_is_given_twice_is_refused(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    path, option = case
    for first in option.opts:  # the short name and the long one are one option
        twice = [*spelt(option, first), *spelt(option, option.opts[-1])]
        assert run([*path, *twice]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        meant = "" if option.is_flag else ", and it takes one value"
        assert f"{max(option.opts, key=len)} is given 2 times{meant}: give it once" in told.err


@pytest.mark.parametrize("case", SEVERAL, ids=named)
def test_what_takes_several_is_not(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, option = case
    command = ALL[path]
    twice = [*spelt(option, option.opts[0]), *spelt(option, option.opts[-1])]
    values, _, _ = command.make_parser(click.Context(command)).parse_args(list(twice))
    assert values[str(option.name)] == ["x", "x"]
    monkeypatch.chdir(tmp_path)
    assert run([*path, *twice]) == 2, "there is nothing here, and x is nothing that could be used"
    assert "is given 2 times" not in capsys.readouterr().err


def test_controls_and_regions_take_several() -> None:
    told = {named(case) for case in SEVERAL}
    assert {"scan aws --regions", "scan aws --control", "scan terraform --control", "fix --control"} <= told
    assert "scan aws --role-arn" in {named(case) for case in ONCE}


def test_regions_that_are_given_one_by_one_are_all_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names are checked before anything is asked of AWS: each of them has to arrive."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert run(["scan", "aws", "--regions", "us-east-1,us-esat-1", "--regions", "eu-west-1"]) == 2
    first = capsys.readouterr().err
    assert "us-esat-1 is not a region of AWS" in first
    assert run(["scan", "aws", "--regions", "eu-west-1", "--regions", "us-east-1", "--regions", "us-esat-1"]) == 2
    assert capsys.readouterr().err == first


def test_a_variable_and_a_file_are_no_repetition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "phi" {}\n')
    (tmp_path / FILE).write_text("fail-on: low\nterraform:\n  workspace: a\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HIPAA_GUARD_FAIL_ON", "medium")
    arguments = ["scan", "terraform", ".", "-q", "-c", "s3_bucket_versioning_enabled"]
    assert run([*arguments, "--fail-on", "critical", "--workspace", "b"]) == 0
    assert run([*arguments, "--fail-on", "critical", "--fail-on", "low"]) == 2
    assert "--fail-on is given 2 times" in capsys.readouterr().err


def test_a_shell_may_complete_what_is_not_finished() -> None:
    ctx = aws.make_context("aws", ["--role-arn", "a", "--role-arn", "b"], resilient_parsing=True)
    assert ctx.params["role_arn"] == "b"


def test_help_may_be_asked_for_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "aws", "--help", "--help"]) == 0
    assert "Usage:" in capsys.readouterr().out
