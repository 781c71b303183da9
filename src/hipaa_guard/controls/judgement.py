"""Judgements that controls share: what a fact means is said once, and each kind adds how it tells the fact."""

from __future__ import annotations

import dis
import functools
import inspect
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Concatenate, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from hipaa_guard.controls.control import SHIPPED, Control, Member, Peers, Severity, Verdict
from hipaa_guard.controls.declaring import (
    DeclarationError,
    check_function,
    made_of,
    of_known_words,
    signature_of,
    wrong_text,
)
from hipaa_guard.controls.fix import Fix
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Unknown
from hipaa_guard.lean import dataclass

F = TypeVar("F")
K = TypeVar("K", bound=Resource)
Says = Callable[Concatenate[F, ...], Verdict]
"""Takes the fact, the resource, the inventory, and by name the words of the control."""


@dataclass(frozen=True, slots=True)
class Judgement(Generic[F]):
    """The part that controls on several kinds share: citations, the reason, and the words on the fact.

    It declares them as `control` does; what is left out is that of the judgement. The function below it tells the fact
    of one resource instead of judging it, or returns a verdict where the fact does not decide::

        @deletion_protected(title="Ledgers are protected against deletion", fix=Fix(...))
        def qldb_ledger_deletion_protection(ledger: qldb.Ledger) -> bool:
            return ledger.deletion_protection

    The messages name what the fact is about by the words of the control, which are the keyword-only parameters of the
    judgement: ``@closed_to_internet(of="SSH", ...)``.
    """

    name: str
    says: Says[F]
    severity: Severity
    hipaa: tuple[str, ...]
    why: str | None = None

    @property
    def words(self) -> tuple[inspect.Parameter, ...]:
        """The words that a control may give, or must where they have no default."""
        return _words_of(self.says)

    @of_known_words
    def __call__(
        self,
        *,
        title: str,
        fix: Fix,
        peers: Peers | None = None,
        why: str | None = None,
        severity: Severity | None = None,
        hipaa: tuple[str, ...] | None = None,
        previous_ids: tuple[str, ...] = (),
        refines: str | tuple[str, ...] = (),
        advisory: str = "",
        **words: str,
    ) -> Callable[[Callable[[K], F | Verdict] | Callable[[K, Inventory], F | Verdict]], Control]:
        """Make a control of a function that tells the fact. Its name is the id, its first parameter's type the kind.

        Raises:
            DeclarationError: no control can be made of the arguments or of the function.

        """
        faults = [fault for word, text in words.items() for fault in wrong_text(word, text)]
        if faults:
            raise DeclarationError(f"@{self.name}", faults)

        def make(tell: Callable[..., F | Verdict]) -> Control:
            check_function(tell)
            if not tell.__module__.startswith(SHIPPED) and not _returns_a_value(tell):  # in ours mypy would find it
                raise DeclarationError(tell.__name__, ["it returns nothing: it tells the fact, or returns a verdict"])
            kind, needs_inventory = signature_of(tell)
            member = Member(
                id=tell.__name__,
                kind=kind,
                title=title,
                fix=fix,
                peers={} if peers is None else peers,
                why=why,
                severity=severity,
                hipaa=hipaa,
                refines=refines,
                advisory=advisory,
            )
            judge = _judging(tell, self.says, words, needs_inventory=needs_inventory)
            return made_of(
                judge,
                member,
                self.severity,
                self.hipaa,
                self.why or "",
                needs_inventory=True,
                previous_ids=previous_ids,
            )

        return make


def _judging(
    tell: Callable[..., F | Verdict], says: Says[F], words: dict[str, str], *, needs_inventory: bool
) -> Callable[[Resource, Inventory], Verdict]:
    expected = _types_told(says)

    @functools.wraps(tell)
    def judge(resource: Resource, inventory: Inventory) -> Verdict:
        told = tell(resource, inventory) if needs_inventory else tell(resource)
        if isinstance(told, Verdict):
            return told
        if not isinstance(told, expected):  # nearly anything is true, and would be taken for a yes
            if inspect.iscoroutine(told):
                told.close()  # else Python warns that nobody waited for it
            raise TypeError(
                f"it told a value of the type {told.__class__.__name__}, which is not the fact that is meant"
            )
        return says(told, resource, inventory, **words)

    return judge


@functools.cache
def _words_of(says: Callable[..., Verdict]) -> tuple[inspect.Parameter, ...]:
    """The parameters of a judgement that have to be named; asked once, not for each of its controls."""
    return tuple(each for each in inspect.signature(says).parameters.values() if each.kind is each.KEYWORD_ONLY)


@functools.cache
def _types_told(says: Callable[..., Verdict]) -> tuple[type, ...]:
    """The classes of what a judgement is told: those of its first parameter, and what stands for a value of any."""
    hint = get_type_hints(says).get(next(iter(inspect.signature(says).parameters)), object)
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    classes = [get_origin(part) or part for part in parts]
    return (*(each if isinstance(each, type) else object for each in classes), Unknown, NoneType)


def _returns_a_value(tell: Callable[..., object]) -> bool:
    """Whether some `return` of a function has a value. A forgotten one would tell that there is no policy or key."""
    before = None
    for step in dis.get_instructions(tell):
        given = step if step.opname == "RETURN_CONST" else before if step.opname == "RETURN_VALUE" else None
        if given is not None and (given.opname not in ("LOAD_CONST", "RETURN_CONST") or given.argval is not None):
            return True
        before = step
    return False


def judgement(
    *, severity: Severity, hipaa: tuple[str, ...], why: str | None = None
) -> Callable[[Says[F]], Judgement[F]]:
    """Make a judgement of a function that says what a fact means: it takes the fact, the resource and the inventory.

    One that needs the fact only takes the others as ``*_``. A keyword-only parameter is a word that each control gives,
    or may give where it has a default. Without ``why`` each control says why itself.
    """

    def make(says: Says[F]) -> Judgement[F]:
        return Judgement(says.__name__, says, severity, hipaa, why)

    return make
