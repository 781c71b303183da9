"""The scope of an exception: patterns of addresses, names and places, matched against a resource."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache

from hipaa_guard.controls.exception import SourceComments
from hipaa_guard.facts.origin import Origin
from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.addresses import segments

_NO_COMMENTS = SourceComments()

_ANY_KEY = r'\[(?:\d+|\?|"(?:[^"\\]|\\.)*")\]'
_ANY_STEP = rf"[^.\[\]]+(?:{_ANY_KEY})?"
_STEP = regex(r"(?P<name>[^\[\]]*)(?P<key>\[.*\])?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ExceptionScope:
    """The resources that an entry of the register covers. All parts that are given must match.

    ``address`` is a Terraform address in a ``root``. Without a root it covers nothing unless something else says where:
    an ARN, an account, or a comment in source. An address without a key covers all instances; the address of a module
    call covers everything in the module. In an address ``*`` stands for any text inside one step, ``[*]`` for any key
    and ``**`` for any steps. In ``root``, ``*`` stands for any text within one directory name and ``**`` for every
    root. In the other patterns ``*`` stands for any text. With ``inline`` the entry covers a resource only where a
    comment in source refers to the entry.
    """

    address: str | None = None
    root: str | None = None
    arn: str | None = None
    account: str | None = None
    region: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    inline: bool = False

    def covers(self, id: str, origin: Origin, comments: SourceComments = _NO_COMMENTS) -> bool:
        """Whether the entry with this id covers the resource. A part that is not known does not match."""
        return (
            _fits(self.account, origin.account, _plain)
            and _fits(self.region, origin.region, _plain)
            and _fits(self.root, origin.root if origin.source == "terraform" else None, _path)
            and _fits(self.arn, origin.arn, _plain)
            and _fits(self.address, origin.address, _address)
            and all(
                name in comments.tags and _plain(text).fullmatch(comments.tags[name])
                for name, text in self.tags.items()
            )
            and (not self.inline or any(reference.id == id for reference in comments.references))
        )

    def may_meet(self, source: str) -> bool:
        """Whether a scan of this source (terraform, aws, both) can meet a resource of the scope."""
        of_terraform = bool(self.address or self.root or self.tags or self.inline)
        of_account = bool(self.arn or self.account)
        return source == "both" or (not of_terraform if source == "aws" else not of_account)

    @property
    def lacks_root(self) -> bool:
        """Whether it has an address, which may exist in many roots, and nothing that says in which."""
        return self.address is not None and not (self.root or self.arn or self.account or self.inline)

    def too_broad(self) -> str:
        """Why it covers more than a person can have looked at; empty where it names resources."""
        if self.inline:
            return ""
        if self.address is not None:
            return _broad_address(self.address)
        if self.arn is not None:
            fields = self.arn.split(":", 5)
            name = re.split(r"[/:]", fields[5])[-1] if len(fields) == 6 else ""
            return "" if name.strip("*") else f"the ARN {self.arn} names no resource"
        return "it names neither an address nor an ARN"

    def __str__(self) -> str:
        named = ("address", "root", "arn", "account", "region")
        parts = [f"{name} {getattr(self, name)}" for name in named if getattr(self, name) is not None]
        parts += [f"tag {name}={value}" for name, value in self.tags.items()]
        return ", ".join([*parts, *(["where source refers to it"] if self.inline else [])])


def _fits(pattern: str | None, text: str | None, expression: Callable[[str], re.Pattern[str]]) -> bool:
    return pattern is None or (text is not None and expression(pattern).fullmatch(text) is not None)


@lru_cache(maxsize=1024)
def _plain(pattern: str) -> re.Pattern[str]:
    return re.compile(_glob(pattern, ".*"), re.DOTALL)


@lru_cache(maxsize=1024)
def _path(pattern: str) -> re.Pattern[str]:
    return re.compile(_glob(pattern, "[^/]*"), re.DOTALL)


@lru_cache(maxsize=1024)
def _address(pattern: str) -> re.Pattern[str]:
    steps = [step for step in segments(pattern) if step]
    text = ""
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if step == "**":
            text += rf"{_ANY_STEP}(?:\.{_ANY_STEP})*" if last else rf"(?:{_ANY_STEP}\.)*"
        else:
            text += _step(step) + ("" if last else r"\.")
    return re.compile(text + (r"(?:\..+)?" if _is_module(steps) else ""), re.DOTALL)


def _glob(text: str, any_text: str) -> str:
    pieces = re.split(r"(\*\*|\*)", text)
    return "".join({"**": ".*", "*": any_text}.get(piece) or re.escape(piece) for piece in pieces)


def _step(step: str) -> str:
    found = _STEP.fullmatch(step)
    if found is None:  # an odd bracket: no address has it
        return re.escape(step)
    key = found["key"]
    pattern = _glob(found["name"], r"[^.\[\]]*")
    if key is None:
        return rf"{pattern}(?:{_ANY_KEY})?"
    return pattern + (_ANY_KEY if key == "[*]" else _glob(key, r'(?:[^"\\]|\\.)*'))


def _is_module(steps: list[str]) -> bool:
    """Whether an address ends with a module call: its steps come in pairs, and the last begins with ``module``."""
    return len(steps) > 1 and steps[-2] == "module"


def _broad_address(pattern: str) -> str:
    steps = [step.partition("[")[0] for step in segments(pattern) if step]
    if _is_module(steps):
        return f"the address {pattern} covers everything in a module"
    if len(steps) < 2 or not all(step.strip("*") for step in steps[-2:]):
        return f"the address {pattern} names no resource"
    return ""
