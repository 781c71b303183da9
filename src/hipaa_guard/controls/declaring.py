"""Declaring controls: the decorators of a policy module, which reject wrong declarations.

The shipped policies are imported like any module, so a wrong declaration among them stops every run and every test.
The loader of other policies (`hipaa_guard.controls.policy_files`) continues with the next statement.
"""

from __future__ import annotations

import functools
import inspect
import keyword
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, get_type_hints

from hipaa_guard.controls.control import PEERS, Control, Judge, Member, Peers, Severity
from hipaa_guard.controls.fix import Fix
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.resource import Resource
from hipaa_guard.law import citations
from hipaa_guard.lean import regex

J = TypeVar("J", bound=Judge)
P = ParamSpec("P")
R = TypeVar("R")

_ID = regex(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
ID_FORM = "two or more words of small letters and digits, joined by underscores"

_made: ContextVar[list[Control] | None] = ContextVar("made", default=None)


class DeclarationError(TypeError):
    """A control is declared wrongly and cannot be used. The text says what is wrong and what is allowed.

    ``name`` is the name of the control as far as it is known, ``faults`` has a phrase for each fault. ``members`` are
    the errors of a family, one for each control that cannot be created; the others are created.
    """

    def __init__(self, name: str, faults: Sequence[str], members: Sequence[DeclarationError] = ()) -> None:
        self.name = name
        self.faults = tuple(faults)
        self.members = tuple(members)
        super().__init__(f"{name}: {self.faults_text}")

    @property
    def faults_text(self) -> str:
        """The faults, without the name of the control."""
        return "; ".join(self.faults)


def is_id(text: object) -> bool:
    """Whether a text can be the id of a control."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None and not keyword.iskeyword(text)


@contextmanager
def collected() -> Iterator[list[Control]]:
    """The controls that are created while the block runs, bound to any name or none; not those of an inner block."""
    found: list[Control] = []
    token = _made.set(found)
    try:
        yield found
    finally:
        _made.reset(token)


def of_known_words(declare: Callable[P, R]) -> Callable[P, R]:
    """Say which arguments are missing or do not exist, and which there are: those of a judgement's own words too."""
    parameters = inspect.signature(declare).parameters.values()
    named = [each for each in parameters if each.kind is each.KEYWORD_ONLY]
    takes_members = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    is_method = any(each.kind is each.POSITIONAL_OR_KEYWORD for each in parameters)  # `self`: an object with a name

    @functools.wraps(declare)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        name = getattr(args[0], "name", "") if is_method else declare.__name__
        there = [*named, *getattr(args[0], "words", ())] if is_method else named
        known = [each.name for each in there]
        needed = [each.name for each in there if each.default is each.empty]
        faults = [f"there is no argument {each!r}{_nearest(each, known)}" for each in kwargs if each not in known]
        faults += [f"{each} is missing" for each in needed if each not in kwargs]
        if len(args) > is_method and not takes_members:
            faults.insert(0, f"every argument has a name: @{name}(title=...)")
        if faults:
            raise DeclarationError(f"@{name}", faults)
        return declare(*args, **kwargs)

    return checked


@of_known_words
def control(
    *,
    title: str,
    severity: Severity,
    hipaa: tuple[str, ...],
    why: str,
    fix: Fix,
    peers: Peers | None = None,
    previous_ids: tuple[str, ...] = (),
    refines: str | tuple[str, ...] = (),
    advisory: str = "",
) -> Callable[[J], Control]:
    """Create a control from a function. Its name is the id, the type of its first parameter the kind that it judges.

    A function with a second parameter also gets the `Inventory`, to look at neighbours.

    Raises:
        DeclarationError: the arguments or the function are not those of a control.

    """

    def make(judge: J) -> Control:
        check_function(judge)
        kind, needs_inventory = signature_of(judge)
        member = Member(
            judge.__name__, kind, title, fix, {} if peers is None else peers, refines=refines, advisory=advisory
        )
        return made_of(judge, member, severity, hipaa, why, needs_inventory=needs_inventory, previous_ids=previous_ids)

    return make


@of_known_words
def family(
    *members: Member, severity: Severity, hipaa: tuple[str, ...], why: str
) -> Callable[[J], tuple[Control, ...]]:
    """Create one control for each member, from a function that judges several kinds by the same test.

    Raises:
        DeclarationError: a member or the function is not that of a control.

    """

    def make(judge: J) -> tuple[Control, ...]:
        check_function(judge)
        _, needs_inventory = signature_of(judge)
        arguments: tuple[object, ...] = members
        faults = [f"{each!r} is no Member" for each in arguments if not isinstance(each, Member)]
        if faults or not members:
            raise DeclarationError(judge.__name__, faults or ["it has no Member: give one for each kind"])
        made, broken = [], []
        for member in members:
            try:
                made.append(made_of(judge, member, severity, hipaa, why, needs_inventory=needs_inventory))
            except DeclarationError as error:
                broken.append(error)
        if broken:
            raise DeclarationError(judge.__name__, [str(error) for error in broken], broken)
        return tuple(made)

    return make


def made_of(
    judge: Judge,
    member: Member,
    severity: Severity,
    hipaa: tuple[str, ...],
    why: str,
    *,
    needs_inventory: bool,
    previous_ids: tuple[str, ...] = (),
) -> Control:
    severity = severity if member.severity is None else member.severity
    hipaa = hipaa if member.hipaa is None else member.hipaa
    why = why if member.why is None else member.why
    faults = [
        *_wrong_id(member.id),
        *wrong_text("title", member.title),
        *_wrong_severity(severity),
        *_wrong_citations(hipaa),
        *wrong_text("why", why),
        *_wrong_fix(member.fix),
        *_wrong_kind(member.kind),
        *_wrong_peers(member.peers),
        *_wrong_previous_ids(member.id, previous_ids),
        *_wrong_refined(member.id, member.refines),
        *_wrong_advice(member.advisory),
    ]
    if faults:
        raise DeclarationError(str(member.id), faults)
    made = Control(
        id=member.id,
        title=member.title,
        severity=severity,
        hipaa=hipaa,
        why=why,
        fix=member.fix,
        kind=member.kind,
        judge=judge,
        needs_inventory=needs_inventory,
        safeguard=_safeguard(judge.__module__),
        module=judge.__module__,
        peers={peer: (ids,) if isinstance(ids, str) else tuple(ids) for peer, ids in member.peers.items()},
        previous_ids=previous_ids,
        refines=(member.refines,) if isinstance(member.refines, str) else member.refines,
        advisory=member.advisory,
    )
    found = _made.get()
    if found is not None:
        found.append(made)
    return made


def _safeguard(module: str) -> str:
    """The folder of a policy module, for shipped ones and for those of users."""
    parts = module.split(".")
    return parts[-2] if len(parts) > 1 else "own"


# --- the function --------------------------------------------------------------------------------------------------


def check_function(judge: object) -> None:
    name = getattr(judge, "__name__", type(judge).__name__)
    if not isinstance(judge, FunctionType):
        raise DeclarationError(name, ["only a function can judge: write @control(...) directly above its `def`"])
    if inspect.iscoroutinefunction(judge) or inspect.isasyncgenfunction(judge):
        raise DeclarationError(name, ["it is an `async def`: a control returns its verdict at once"])
    if inspect.isgeneratorfunction(judge):
        raise DeclarationError(name, ["it has a `yield`: a control returns one verdict"])


def signature_of(judge: Callable[..., object]) -> tuple[Any, bool]:
    """The type of the first parameter, if it has one, and whether there is a second one for the inventory."""
    parameters = list(inspect.signature(judge).parameters.values())
    try:
        hints: dict[str, Any] = get_type_hints(judge)
    except Exception as error:
        fault = f"the types of its parameters cannot be read: {type(error).__name__}: {error}"
        raise DeclarationError(judge.__name__, [fault]) from error
    positional = all(each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD) for each in parameters)
    if not positional or len(parameters) not in (1, 2):
        raise DeclarationError(judge.__name__, ["it takes the resource, and the Inventory if it looks at neighbours"])
    if len(parameters) == 2:
        second = parameters[1].name
        if hints.get(second, Inventory if second == "inventory" else None) is not Inventory:
            raise DeclarationError(judge.__name__, [f"its second parameter {second!r} is no Inventory"])
    return hints.get(parameters[0].name), len(parameters) == 2


# --- the arguments -------------------------------------------------------------------------------------------------


def _wrong_id(id: object) -> Iterator[str]:
    if not is_id(id):
        yield f"{id!r} is no id: {ID_FORM}"


def wrong_text(name: str, text: object) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"{name} is a text, not {text!r}"
    elif not text.strip():
        yield f"{name} is empty"


def _wrong_severity(severity: object) -> Iterator[str]:
    if not isinstance(severity, Severity):
        names = [each.name for each in Severity]
        close = _close(str(severity).upper(), names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
        yield f"severity {severity!r} is none that hipaa_guard.authoring has: {hint}"


def _wrong_citations(hipaa: object) -> Iterator[str]:
    if not isinstance(hipaa, tuple):
        yield f'hipaa is a tuple of citations, such as ("164.312(b)",), not {hipaa!r}'
        return
    if not hipaa:
        yield "hipaa is empty: cite the line of the rule that it gives evidence for"
    known = citations()
    for citation in hipaa:
        if not isinstance(citation, str) or citation not in known:
            close = _close(str(citation), known, n=3)
            hint = f"did you mean {' or '.join(close)}?" if close else "docs/security-rule.md lists them"
            yield f"{citation!r} is no standard or specification of the rule: {hint}"
    for citation in dict.fromkeys(each for each in hipaa if hipaa.count(each) > 1):
        yield f"{citation!r} is cited twice"


def _wrong_fix(fix: object) -> Iterator[str]:
    if not isinstance(fix, Fix):
        yield f"fix is a Fix(terraform=..., cli=..., note=...), not {fix!r}"
        return
    if not (fix.terraform or fix.cli or fix.note):
        yield "fix says nothing: give sets, terraform, cli or note"
    if fix.by_machine and fix.not_by_machine:
        yield "fix has sets and not_by_machine: a machine makes the change, or the reason says why not"


def _wrong_kind(kind: object) -> Iterator[str]:
    if not (isinstance(kind, type) and issubclass(kind, Resource)) or kind is Resource:
        found = "it has none" if kind is None else f"{getattr(kind, '__name__', kind)} is none"
        yield f"it must say which kind it judges, a class of hipaa_guard.services ({found}): docs/facts.md lists them"


def _wrong_peers(peers: object) -> Iterator[str]:
    if not isinstance(peers, Mapping):
        yield f"peers is a mapping of tools to ids of their checks, not {peers!r}"
        return
    for peer, ids in peers.items():
        if peer not in PEERS:
            yield f"peers has no tool {peer!r}{_nearest(str(peer), PEERS)}"
        elif not isinstance(ids, str) and not _are_texts(ids):
            yield f"peers of {peer} are an id or a tuple of ids, not {ids!r}"


def _wrong_previous_ids(id: object, previous: object) -> Iterator[str]:
    if not isinstance(previous, tuple):
        yield f"previous_ids is a tuple of ids, not {previous!r}"
        return
    for each in previous:
        yield from _wrong_id(each)
        if each == id:
            yield f"previous_ids has its own id {each}"


def _wrong_refined(id: object, refined: object) -> Iterator[str]:
    if not isinstance(refined, str | tuple):
        yield f"refines is the id of a control or a tuple of ids, not {refined!r}"
        return
    for each in (refined,) if isinstance(refined, str) else refined:
        yield from _wrong_id(each)
        if each == id:
            yield f"it refines itself: refines names another control, not {each}"


def _wrong_advice(advisory: object) -> Iterator[str]:
    if not isinstance(advisory, str):
        yield f"advisory is a sentence, not {advisory!r}"


def _are_texts(value: object) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(each, str) for each in value)


def _close(name: str, known: Iterable[str], n: int) -> list[str]:
    import difflib  # only errors need it

    return difflib.get_close_matches(name, list(known), n=n)


def _nearest(name: str, known: Iterable[str]) -> str:
    known = list(known)
    close = _close(name, known, n=2)
    return f": did you mean {' or '.join(close)}?" if close else f": there are {', '.join(known)}"
