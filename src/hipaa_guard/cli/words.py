"""Types of options whose values are words: a wrong word gets the nearest right one, and a shell completes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from hipaa_guard.controls.control import Severity
from hipaa_guard.nearest import did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class OneOf(click.Choice[str]):
    """One of some words, in any case."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(list(words), case_sensitive=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See `click.ParamType`."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            known = ", ".join(self.choices)
            hint = did_you_mean(str(value), self.choices, most=1)
            hint = f": {hint}" if hint else ""
            self.fail(f"{str(value)!r} is not one of {known}{hint}", param, ctx)


class Words(click.ParamType[str]):
    """Any text; a shell completes it to one of some words, each with a line about it."""

    name = "text"

    def __init__(self, known: Callable[[], Iterable[tuple[str, str]]]) -> None:
        self._known = known

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - click's signature
        """The words that begin with what is typed; of a list with commas, its last word."""
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        return [
            CompletionItem(f"{before}{comma}{word}", help=about)
            for word, about in self._known()
            if word.lower().startswith(last.lower())
        ]


class Severities(Words):
    """Severities, several separated by commas, in any case; the value is the normal form of that text."""

    def __init__(self) -> None:
        super().__init__(lambda: ((severity.value, "") for severity in Severity))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See `click.ParamType`."""
        one = OneOf(severity.value for severity in Severity)
        words = [word.strip() for word in str(value).split(",")]
        return ",".join(one.convert(word, param, ctx) for word in words)


def severities_in(values: Sequence[str]) -> tuple[Severity, ...]:
    """The severities of values of `Severities`, each once."""
    return tuple(dict.fromkeys(Severity(word) for value in values for word in value.split(",")))


def _controls() -> Iterable[tuple[str, str]]:
    from hipaa_guard.controls.loading import list_all

    return [(control.id, control.title) for control in list_all().controls]


def _services() -> Iterable[tuple[str, str]]:
    from hipaa_guard.controls.loading import list_all

    return [(name, "") for name in sorted({service_of(control.kind_name) for control in list_all().controls})]


def _safeguards() -> Iterable[tuple[str, str]]:
    from hipaa_guard.controls.loading import list_all

    return [(name, "") for name in sorted({control.safeguard for control in list_all().controls})]


def _regions() -> Iterable[tuple[str, str]]:
    from botocore.session import Session

    session = Session()
    found = {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    }
    return [("all", "all that the account has enabled"), *((name, "") for name in sorted(found))]


def _formats() -> Iterable[tuple[str, str]]:
    from hipaa_guard.outputs.writing import FORMATS

    return [(name, "") for name in FORMATS]


def service_of(kind: str) -> str:
    """The service of a kind: ``s3`` of ``s3.Bucket``."""
    return kind.partition(".")[0]


SEVERITY = OneOf(severity.value for severity in Severity)
CONTROL = Words(_controls)
SERVICE = Words(_services)
SAFEGUARD = Words(_safeguards)
REGIONS = Words(_regions)
FORMAT = Words(_formats)
