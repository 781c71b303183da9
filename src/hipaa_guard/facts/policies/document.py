"""IAM and resource policies, normalised. Unknown parts are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from hipaa_guard.facts.lists import some
from hipaa_guard.facts.policies.binding_conditions import binds_caller
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.policies.denied_requests import PLAIN_HTTP, denied_to_everyone
from hipaa_guard.facts.policies.parsing import LONG, statements_of, structure_of
from hipaa_guard.facts.policies.principals import Principal
from hipaa_guard.facts.policies.statement_denials import left_by
from hipaa_guard.facts.policies.statements import Statement
from hipaa_guard.facts.policies.texts import HERE, matches, own_arn, symbol, symbolic
from hipaa_guard.facts.values import Undecided, Unknown, Value

__all__ = [
    "HERE",
    "Condition",
    "PolicyDocument",
    "Principal",
    "Statement",
    "matches",
    "own_arn",
    "symbol",
    "symbolic",
]


@lru_cache(maxsize=8)
def _statements_of_text(text: str) -> list[Statement]:
    structure = structure_of(text)
    assert isinstance(structure, dict), "it was read before"
    return statements_of(structure)


class PolicyDocument:
    """A policy document: a list of statements, `Incomplete` where some could not be seen."""

    __slots__ = ("_statements",)

    def __init__(self, statements: list[Statement] | str) -> None:
        self._statements = statements

    @property
    def statements(self) -> list[Statement]:
        """The statements in their order. A long text is parsed again at each access: the statements of thousands of
        long policies would take many times the memory of their texts.
        """
        found = self._statements
        return _statements_of_text(found) if isinstance(found, str) else found

    @classmethod
    def parse(cls, value: Value) -> PolicyDocument | Unknown | None:
        """Read a policy from its JSON text (also percent-encoded, as IAM answers), or from the structure itself.

        Returns None for an empty text. An unknown text stays unknown unless its structure is known.

        Raises:
            ValueError: the text is not JSON, or not a policy.

        """
        structure = structure_of(value)
        if structure is None or isinstance(structure, Unknown):
            return structure
        return cls(value if isinstance(value, str) and len(value) > LONG else statements_of(structure))

    def __iter__(self) -> Iterator[Statement]:
        return iter(self.statements)

    def denials(self) -> Iterator[Statement]:
        """The statements that deny. Raises `Undecided` at the end where some statement could not be seen."""
        return (statement for statement in self.statements if statement.effect == "Deny")

    def allowances(self) -> Iterator[Statement]:
        """The statements that allow. Raises `Undecided` at the end where some statement could not be seen."""
        return (statement for statement in self.statements if statement.effect == "Allow")

    def is_public(self) -> bool:
        """Whether some statement allows something to anyone without a condition that binds the caller, and no other one
        denies all of that to everybody but callers that it names.
        """

        def is_public(statement: Statement) -> bool:
            return statement.is_public() and some(Statement.is_public, self.left_of(statement))

        return some(is_public, self.statements)

    def reaching(self) -> Iterator[Statement]:
        """The statements that allow, each with what the denials of the policy leave of one that is for everybody.

        Raises:
            Undecided: a statement or a denial that decides it is not known.

        """
        for statement in self.allowances():
            yield from self.left_of(statement) if statement.is_public() else [statement]

    def left_of(self, statement: Statement, names: Callable[[Condition], bool] = binds_caller) -> list[Statement]:
        """The parts of an allowing statement that the denials of the policy leave, which may overlap; none where they
        leave nothing. ``names`` is the test of a condition that names somebody, whom alone a denial may spare to count.

        Raises:
            Undecided: a denial that decides it is not known.

        """
        return left_by(self.denials(), statement, names)

    def denies_plain_http(self, action: str, *resources: Iterable[str]) -> bool:
        """Whether everyone is denied `action` on all `resources` in all requests that are not made over TLS.

        Each of `resources` is the set of all names of one resource. Several statements may deny it together.
        """
        return denied_to_everyone(self.denials(), PLAIN_HTTP, action, resources)

    def __repr__(self) -> str:
        try:
            return f"policy of {len(self.statements)} statement(s)"
        except Undecided:
            return "policy, partly unknown"
