"""All Terraform that this project writes itself: cases of tests, fixes of controls, examples of documents."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.testing import all_controls
from tests.policies.registry import registry

REPOSITORY = Path(__file__).parents[3]
_OTHER_PROVIDER = re.compile(r'\b(?:resource|data|ephemeral)\s+"(?!aws_|terraform_data)([a-z]+)_')
_VARIABLE = re.compile(r'variable\s+"(\w+)"\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}')
_FENCED = re.compile(r"^```hcl\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text of Terraform. ``whole`` says that it must stand for itself; others refer to what a reader has already."""

    name: str
    """A name for a module, the same as long as the text is."""
    text: str
    told_in: str
    """What it is, for people: ``control: sentence``, ``fix of CONTROL``, ``docs/fix.md``."""
    whole: bool = True
    control: str = ""
    verdict: Status | None = None

    @property
    def other_provider(self) -> str:
        """The provider that it needs besides `aws`; empty where there is none."""
        found = _OTHER_PROVIDER.search(self.text)
        return found[1] if found else ""

    @property
    def open_variables(self) -> list[str]:
        """The variables that somebody has to give a value."""
        return [name for name, body in _VARIABLE.findall(self.text) if not re.search(r"\bdefault\s*=", body)]

    def with_text(self, text: str) -> Snippet:
        """The same, told otherwise."""
        return replace(self, text=text)


_OF_ONE_ACCOUNT = re.compile(r'provider "aws" {\s*allowed_account_ids = \[[^\]]*\]\s*}\n?')
"""A provider that only names its account: Terraform would start a process for each of hundreds of texts."""


def snippets() -> list[Snippet]:
    """Every text once."""
    found: dict[str, Snippet] = {}
    for one in (*_of_cases(), *_of_fixes(), *_of_documents()):
        found.setdefault(one.name, one)
    return list(found.values())


def _of_cases() -> Iterator[Snippet]:
    for case in registry():
        if case.terraform is not None:
            text = _OF_ONE_ACCOUNT.sub("", textwrap.dedent(case.terraform))
            yield Snippet(_name(case.control, text), text, case.id, control=case.control, verdict=case.verdict)


def _of_fixes() -> Iterator[Snippet]:
    for control in all_controls().values():
        if control.fix.terraform:
            text = with_phi(control)
            yield Snippet(
                _name(control.id, text),
                text,
                f"fix of {control.id}",
                whole=False,
                control=control.id,
                verdict=Status.PASS,
            )


def with_phi(control: Control) -> str:
    """A fix with the resource that it mends, where it does not show that itself."""
    assert control.kind.terraform is not None
    types = control.kind.terraform.types
    text = control.fix.terraform
    if any(re.search(rf'resource "{type}" "phi"', text) for type in types):
        return text
    return f'resource "{types[0]}" "phi" {{}}\n{text}'


def _of_documents() -> Iterator[Snippet]:
    for path in (
        REPOSITORY / "README.md",
        REPOSITORY / "CONTRIBUTING.md",
        *sorted((REPOSITORY / "docs").rglob("*.md")),
    ):
        for text in _FENCED.findall(path.read_text(encoding="utf-8")):
            told_in = path.relative_to(REPOSITORY).as_posix()
            yield Snippet(_name(re.sub(r"\W", "_", path.stem), text), text, told_in, whole=False)


def _name(start: str, text: str) -> str:
    return f"{start}_{hashlib.sha256(text.encode()).hexdigest()[:6]}"
