"""Fixes: the text that people read and the change that a machine makes to close a gap, from one declaration."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from hipaa_guard.controls.cli_effects import effects
from hipaa_guard.controls.consequences import CONSEQUENCES, Consequence, in_order, sentence
from hipaa_guard.controls.reasons import implied_by
from hipaa_guard.lean import dataclass, regex

PHI = "phi"
"""The name of the judged resource in the HCL of a fix."""

_PATH = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*(?:\[\*\])?)+"
_LINE = regex(rf"({_PATH})\s*=\s*(\S.*)", re.DOTALL)
_HEAD = regex(rf"{_PATH}\s*=")
_INLINE = regex(rf"({_PATH})(?:\s*=\s*(\S.*))?")
_POINTER = regex(rf"([a-z][a-z0-9_]*)\.{PHI}\.([a-z][a-z0-9_]*)")
_FORM = "TYPE.argument = value, or TYPE.block.argument = value"
_STEP = "  "

Lines = str | tuple[str, ...]


class Setting(NamedTuple):
    """An argument of resources of a type, and its value as HCL (empty for the argument alone)."""

    type: str
    path: str
    """Names joined by dots, nested blocks first (``metadata_options.http_tokens``)."""
    value: str
    each: bool = False
    """Whether it is set in every existing nested block, and no block is added."""


class Companion(NamedTuple):
    """A resource that belongs to the judged one and has the missing setting."""

    type: str
    by: str
    """The argument that points to the judged resource."""
    of: str
    """The type of the judged resource."""
    to: str
    """The attribute of the judged resource that ``by`` points to."""
    body: tuple[Setting, ...]
    """The other arguments of a new one. In their values, ``TYPE.phi`` is the judged resource."""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The arguments to set in an existing one; none if people must change these."""
        return () if any(_is_long(setting.value) for setting in self.body) else self.body

    def text(self, name: str, judged: str, first: Iterable[str] = ()) -> str:
        """The HCL of a new one with a name. ``judged`` is the judged resource in expressions.

        ``first`` are lines before all others.
        """
        own = regex(rf"\b{self.of}\.{PHI}\b")
        body = [setting._replace(value=own.sub(lambda _: judged, setting.value)) for setting in self.body]
        lines = [*first, f"{self.by} = {judged}.{self.to}", "", *_body([(each.path, each.value) for each in body])]
        return _resource(self.type, name, lines)


@dataclass(frozen=True, slots=True)
class FixTexts:
    """How to close the gap, as texts for reports."""

    terraform: str = ""
    cli: str = ""
    note: str = ""
    by_machine: bool = False
    """Whether `hipaa-guard fix` can make the change in source."""
    not_by_machine: str = ""
    consequences: tuple[str, ...] = ()
    """Consequences of the change beside the closed gap: names of `hipaa_guard.controls.consequences`."""

    @property
    def by_whom(self) -> str:
        """A sentence on whether a machine makes the change; empty if the control does not say."""
        if self.by_machine:
            return "hipaa-guard fix makes this change in Terraform source."
        reason = self.not_by_machine
        return f"hipaa-guard fix does not make this change: it {reason}." if reason else ""

    def also(self) -> str:
        """A sentence on the consequences of the change; empty if there are none."""
        return sentence(self.consequences)


@dataclass(frozen=True, slots=True)
class Fix:
    """How to close the gap.

    ``terraform`` is HCL with the judged resource as ``phi``, ``cli`` an AWS command line.

    ``sets`` replaces ``terraform`` if a machine can make the change: the arguments that close the gap, a line each
    (``aws_db_instance.deletion_protection = true``). The HCL that people read and the change that `hipaa-guard fix`
    makes both come from them. Lines may be for several types. A path may lead through blocks
    (``aws_instance.metadata_options.http_tokens``), and with ``[*]`` through each existing block
    (``aws_launch_template.block_device_mappings[*].ebs.encrypted``). If a value is ``TYPE.phi.ATTRIBUTE``, the lines
    describe a resource that belongs to the judged one and is added if it is missing. Only its values may have several
    lines.

    ``given`` are further lines that make the documented resource complete. ``where_written`` are lines that are also
    set, but only in a resource that has the argument. ``inline`` are lines that the judged resource of an older
    provider may have instead of the added resource. They are then set there, or left to people if they have no value.

    ``refused_beside`` are arguments beside which the provider or AWS does not take the change, each with the reason: a
    predicate whose subject is the change (``{"aws_launch_template.block_device_mappings.ebs.snapshot_id": "..."}``).
    Where one is written, the change is left to people.

    ``not_by_machine`` says why a machine does not close the gap: a predicate whose subject is the change.

    ``consequences`` are what the change does besides closing the gap, by the names of
    `hipaa_guard.controls.consequences`. Those of a shared reason (`hipaa_guard.controls.reasons`) and
    those of the commands in ``cli`` (`hipaa_guard.controls.cli_effects`) count by themselves.

    Raises:
        TypeError: an argument is not a text, or has another form.

    """

    terraform: str = ""
    cli: str = ""
    note: str = ""
    sets: Lines = ()
    given: Lines = ()
    where_written: Lines = ()
    inline: Lines = ()
    refused_beside: Mapping[str, str] = field(default_factory=dict)
    not_by_machine: str = ""
    consequences: tuple[Consequence, ...] = ()
    settings: tuple[Setting, ...] = field(init=False)
    """The parsed ``sets``, also those of an added resource."""
    companion: Companion | None = field(init=False)
    settings_where_written: tuple[Setting, ...] = field(init=False)
    inline_settings: tuple[Setting, ...] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("terraform", "cli", "note", "not_by_machine"):
            text = getattr(self, name)
            if not isinstance(text, str):
                raise TypeError(f"{name} of a fix is a text, not {text!r}")
        if unknown := [each for each in _names(self.consequences) if each not in CONSEQUENCES]:
            raise TypeError(f"consequences of a fix are names of {', '.join(CONSEQUENCES)}, not {unknown[0]!r}")
        settings = tuple(_settings("sets", self.sets))
        given = tuple(_settings("given", self.given))
        if settings and self.terraform:
            raise TypeError("a fix has terraform or sets, not both: the HCL is made of sets")
        if not settings and (given or self.where_written or self.inline or self.refused_beside):
            raise TypeError("given, where_written, inline and refused_beside of a fix go with sets")
        terraform = _documented(given, settings) if settings else textwrap.dedent(self.terraform).strip("\n")
        set_ = object.__setattr__
        set_(self, "terraform", terraform)
        set_(self, "cli", textwrap.dedent(self.cli).strip("\n"))
        set_(self, "consequences", in_order([*self.consequences, *implied_by(self.not_by_machine), *effects(self.cli)]))
        set_(self, "settings", settings)
        set_(self, "companion", _companion(settings))
        set_(self, "settings_where_written", tuple(_settings("where_written", self.where_written)))
        set_(self, "inline_settings", tuple(_inline(self.inline)))
        if self.companion is None:
            _check_short([*settings, *self.settings_where_written])

    @property
    def by_machine(self) -> bool:
        """Whether `hipaa-guard fix` can make the change in source."""
        return bool(self.settings)

    @property
    def types(self) -> tuple[str, ...]:
        """The types of the judged resources in which a machine makes the change."""
        if self.companion is not None:
            return (self.companion.of,)
        return tuple(dict.fromkeys(setting.type for setting in self.settings))

    def refusal(self, type: str, written: Iterable[str]) -> str | None:
        """Why a machine leaves a resource of a type alone in which these arguments are written; None if it does not."""
        found = (self.refused_beside.get(f"{type}.{path}") for path in written)
        return next((reason for reason in found if reason is not None), None)

    def settings_in(self, type: str, written: Iterable[str]) -> tuple[Setting, ...]:
        """The settings for a resource of a type in which these arguments are written."""
        written = set(written)
        more = [setting for setting in self.settings_where_written if setting.path in written]
        return tuple(setting for setting in (*self.settings, *more) if setting.type == type)

    def texts(self) -> FixTexts:
        """The texts for reports."""
        return FixTexts(self.terraform, self.cli, self.note, self.by_machine, self.not_by_machine, self.consequences)


# --- reading lines -------------------------------------------------------------------------------------------------


def _settings(name: str, lines: Lines) -> Iterator[Setting]:
    for text in _statements(name, lines):
        found = _LINE.fullmatch(text)
        if found is None:
            raise TypeError(f"{name} of a fix has lines of the form {_FORM}, not {text!r}")
        yield _setting(found[1], found[2])


def _inline(lines: Lines) -> Iterator[Setting]:
    for text in _texts("inline", lines):
        found = _INLINE.fullmatch(text)
        if found is None:
            raise TypeError(f"inline of a fix has lines of the form {_FORM}, or TYPE.argument alone, not {text!r}")
        yield _setting(found[1], found[2] or "")


def _setting(path: str, value: str) -> Setting:
    type, _, rest = path.partition(".")
    if type.startswith("awscc_") and "." in rest:
        raise TypeError(f"{path} lies within an argument of {type}, not in a block: sets reaches only blocks")
    return Setting(type, rest.replace("[*]", ""), value.strip(), each="[*]" in rest)


def _statements(name: str, lines: Lines) -> Iterator[str]:
    """The settings as texts; a line that begins no setting continues the one before."""
    for text in _texts(name, lines):
        started: list[str] = []
        for line in text.split("\n"):
            if started and _HEAD.match(line):
                yield "\n".join(started).strip()
                started = []
            if started or line.strip():
                started.append(line)
        if started:
            yield "\n".join(started).strip()


def _texts(name: str, lines: object) -> list[str]:
    texts = [lines] if isinstance(lines, str) else lines
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"{name} of a fix is a text or a tuple of texts, not {lines!r}")
    return [textwrap.dedent(text).strip("\n") for text in texts]


def _names(consequences: object) -> tuple[object, ...]:
    if not isinstance(consequences, list | tuple):
        raise TypeError(f"consequences of a fix are a tuple of names, not {consequences!r}")
    return tuple(consequences)


def _companion(settings: Sequence[Setting]) -> Companion | None:
    pointers = [(each, found) for each in settings if (found := _POINTER.fullmatch(each.value))]
    if not pointers:
        return None
    pointer, found = pointers[0]
    others = tuple(each for each in settings if each is not pointer)
    if any(each.type != pointer.type for each in others):
        raise TypeError(f"sets of a fix that adds {pointer.type} are all of that type")
    return Companion(pointer.type, pointer.path, found[1], found[2], others)


def _check_short(settings: Iterable[Setting]) -> None:
    for each in settings:
        if "\n" in each.value:
            raise TypeError(f"the value of {each.type}.{each.path} has several lines: only an added resource may")


def _is_long(value: str) -> bool:
    """Whether a value has several lines, a document and not one word."""
    return "\n" in value or "(" in value


# --- writing HCL ---------------------------------------------------------------------------------------------------


def _documented(given: Sequence[Setting], settings: Sequence[Setting]) -> str:
    """The HCL of the resources for people. Of types with the same settings only the first is shown."""
    shown: dict[tuple[tuple[str, str], ...], str] = {}
    for type in dict.fromkeys(each.type for each in settings):
        arguments = tuple((each.path, each.value) for each in settings if each.type == type)
        if arguments not in shown:
            more = [(each.path, each.value) for each in given if each.type == type]
            shown[arguments] = _resource(type, PHI, _body([*more, *arguments]))
    return "\n".join(shown.values())


def _resource(type: str, name: str, lines: Iterable[str]) -> str:
    return "\n".join([f'resource "{type}" "{name}" {{', *(f"{_STEP}{line}" if line else "" for line in lines), "}"])


def _body(arguments: Sequence[tuple[str, str]]) -> list[str]:
    """The lines of a block in the format of ``terraform fmt``: arguments, then blocks."""
    own = [(path, value) for path, value in arguments if "." not in path]
    lines = _aligned(own)
    for kind in dict.fromkeys(path.partition(".")[0] for path, _ in arguments if "." in path):
        inner = [(path.partition(".")[2], value) for path, value in arguments if path.startswith(f"{kind}.")]
        lines += [f"{kind} {{", *(f"{_STEP}{line}" for line in _body(inner)), "}"]
    return lines


def _aligned(arguments: Sequence[tuple[str, str]]) -> list[str]:
    """The lines of arguments. Adjacent arguments of one line each have aligned equal signs."""
    lines: list[str] = []
    run: list[tuple[str, str]] = []

    def close() -> None:
        width = max((len(name) for name, _ in run), default=0)
        lines.extend(f"{name:<{width}} = {value}" for name, value in run)
        run.clear()

    for name, value in arguments:
        if "\n" in value:
            close()
            first, *rest = value.split("\n")
            lines.extend([f"{name} = {first}", *rest])
        else:
            run.append((name, value))
    close()
    return lines
