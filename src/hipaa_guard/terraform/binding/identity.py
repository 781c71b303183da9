"""The names of resource instances: known texts, and the known parts of unknown names.

An unknown name still identifies: two arguments that are made from the same unknown variable in the same way are the
same text. Such a name is written as a *token*, which no literal text of a configuration can equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.origin import account_in
from hipaa_guard.facts.places import in_one_account
from hipaa_guard.facts.readings import Block
from hipaa_guard.facts.values import Cause, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.binding.name_patterns import Pattern, Patterns, Texts, forms, is_long, tail
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import DataSourceValue, OuterReference

_MARK = "\0"
_SHARED_CAUSES = (Cause.VARIABLE, Cause.WORKSPACE, Cause.DATA_SOURCE)


Source = tuple[bool, str]
"""A variable or other name that a value is made from, and whether the value is one written-out part of it."""


def sources(value: Unknown) -> list[Source]:
    """All sources of a value."""
    return [(isinstance(value, OuterReference), name) for name in value.references]


@dataclass(frozen=True, slots=True)
class Identity:
    """The names of one instance: texts and tokens, and patterns of unknown names."""

    texts: frozenset[str]
    patterns: tuple[Pattern, ...]
    unknown: Unknown | None
    """Why a name is not known; None where all are."""

    def shared(self) -> list[Source]:
        """The sources of values that may equal the name: where nothing of it is known, all values from its variable.

        Two written-out parts of one variable (``var.x.a`` and ``var.x.b``) are taken to differ.
        """
        unknown = self.unknown
        if unknown is None or not any(found.is_unknown for found in self.patterns):
            return []
        written_out = (False,) if isinstance(unknown, OuterReference) else (False, True)
        return [(each, name) for name in unknown.references for each in written_out]

    @property
    def known(self) -> frozenset[str]:
        """The texts without the tokens."""
        return frozenset(text for text in self.texts if not text.startswith(_MARK))


class NameIndex:
    """The identities of all instances of one kind, and which instances a text may name."""

    def __init__(
        self,
        types: Sequence[str],
        instances: Iterable[ResourceInstance],
        arguments: Sequence[str],
        made_by: Mapping[str, str] = {},
        *,
        regional: bool = True,
        across_accounts: bool = False,
        unqualified: Callable[[str], str] | None = None,
    ) -> None:
        self.types = tuple(types)
        self._unqualified = unqualified
        self.regional = regional
        self._across_accounts = across_accounts
        self._made_by = made_by
        self._arguments = arguments
        self._identities: dict[str, Identity] = {}
        self._owners: dict[str, list[ResourceInstance]] = {}
        self._owners_in: dict[tuple[str, str], list[ResourceInstance]] = {}
        self._kept: list[Unknown] = []
        self._regions: dict[str, Counter[str | None]] = {}
        self._placed: dict[str, tuple[ResourceInstance, ...]] = {}
        patterns: set[Pattern] = set()
        texts: set[str] = set()
        for instance in instances:
            identity = self._identify(instance)
            self._identities[instance.address] = identity
            patterns.update(identity.patterns)
            texts |= identity.known
            for text in identity.texts:
                self._owners.setdefault(text, []).append(instance)
                self._owners_in.setdefault((text, instance.module), []).append(instance)
        self._patterns = Patterns(found for found in patterns if not found.is_unknown)
        self._texts = Texts(texts)
        self._shared = {source for identity in self._identities.values() for source in identity.shared()}

    def of(self, instance: ResourceInstance) -> Identity:
        """The identity of the instance."""
        identity = self._identities.get(instance.address)
        return self._identify(instance) if identity is None else identity

    def may_be(self, text: str) -> bool:
        """Whether a text may be the partly known name of some instance."""
        return self._patterns.fit(text)

    def may_agree(self, other: Pattern) -> bool:
        """Whether a partly known text may be the name of some instance."""
        return self._texts.fit(other) or self._patterns.agree(other)

    def may_share(self, value: Unknown) -> bool:
        """Whether a value may be the name of some instance, as both are made from one variable."""
        return not self._shared.isdisjoint(sources(value))

    def owned(self, text: str) -> bool:
        """Whether a text is certainly the name of some instance."""
        return any(form in self._owners for form in forms(text))

    def owners(self, text: str, module: str | None = None) -> list[ResourceInstance]:
        """The instances with this name; with ``module``, only those in it."""
        return self._owners.get(text, []) if module is None else self._owners_in.get((text, module), [])

    def regions(self, text: str) -> Counter[str | None]:
        """The number of instances with this name by region; None stands for an unknown region."""
        if text not in self._regions:
            regions = [owner.region for owner in self.owners(text)]
            self._regions[text] = Counter(region if isinstance(region, str) else None for region in regions)
        return self._regions[text]

    def _one_in_each_place(self, text: str) -> Iterable[ResourceInstance]:
        """One of the instances with this name for each account and region that they are in."""
        if text not in self._placed:
            found: dict[object, ResourceInstance] = {}
            for owner in self.owners(text):
                region, place = owner.region, owner.place
                account = None if place is None else (place.provider, place.account, place.credentials)
                found.setdefault((region if isinstance(region, str) else None, account), owner)
            self._placed[text] = tuple(found.values())
        return self._placed[text]

    def may_mean(self, main: ResourceInstance, split: ResourceInstance, text: str) -> bool:
        """Whether a name that `split` uses may mean `main`: not where it means one of another region or account."""
        region = self._region_meant(split, text)
        if region is not None and isinstance(main.region, str) and region != main.region:
            return False
        return (
            self._across_accounts
            or account_in(text) is not None
            or in_one_account(main.place, split.place) is not False
        )

    def may_name(self, text: str, split: ResourceInstance, written: str) -> bool:
        """Whether a text, a form of ``written``, is the name of a resource in the place that `split` means."""
        return any(self.may_mean(owner, split, written) for owner in self._one_in_each_place(text))

    def _region_meant(self, split: ResourceInstance, text: str) -> str | None:
        """The region that a name means: that of its ARN, else that of the instance that uses it; None if not known."""
        region = _region_of(text) or (split.region if self.regional else None)
        return region if isinstance(region, str) else None

    def _identify(self, instance: ResourceInstance) -> Identity:
        texts: set[str] = set()
        patterns = []
        unknown: Unknown | None = None
        made_by = self._made_by.get(instance.type)
        for argument in self._arguments if made_by is None else (made_by,):
            value = instance.get(argument)
            if isinstance(value, str) and value:
                texts.add(value)
                if self._unqualified is not None:
                    texts.add(self._unqualified(value))
            elif isinstance(value, Unknown) and argument not in ("id", "arn"):
                self._kept.append(value)
                texts.update(tokens(value))
                texts.update(expression_tokens(instance, argument, value))
                patterns.append(pattern(value))
                unknown = value if unknown is None else unknown
        return Identity(frozenset(texts), tuple(patterns), unknown)


def naming_arguments(block: Block | None) -> tuple[str, ...]:
    """The arguments whose values identify an instance of a kind."""
    if block is None:
        return ("name", "id", "arn")
    return block.naming_arguments()


def tokens(value: Unknown) -> list[str]:
    """Texts that stand for an unknown value; equal tokens mean equal values. Empty where equality cannot be decided.

    The caller keeps `value` alive for as long as it keeps the tokens.
    """
    parts = value.parts if isinstance(value, PartialText) else (value,)
    written = [_part(part) for part in parts]
    if None in written:
        return []
    found = [_MARK + "".join(str(part) for part in written)]
    if isinstance(parts[0], str) and is_long(parts[0]):
        found.append(_MARK + tail(parts[0]) + "".join(str(part) for part in written[1:]))
    return found


def expression_tokens(instance: ResourceInstance, argument: str, value: Unknown) -> list[str]:
    """The token of an unknown value's expression: in one module, equal expressions have equal values."""
    expression = None if isinstance(value, Reference) else instance.expression(argument)
    return [] if expression is None else [f"{_MARK}={expression}{_MARK}"]


def pattern(value: Unknown) -> Pattern:
    """The known part of the text of an unknown value."""
    if not isinstance(value, PartialText):
        return Pattern(after_apply=_is_after_apply(value))
    last = value.parts[-1]
    after_apply = all(isinstance(part, str) or _is_after_apply(part) for part in value.parts)
    return Pattern(value.prefix, last if isinstance(last, str) else "", after_apply)


def embedded(value: PartialText) -> list[Reference]:
    """The references that are a whole name in a partial text: ``"${topic.arn}:*"``, not ``"${bucket.id}-logs"``."""
    found = []
    for index, part in enumerate(value.parts):
        before = value.parts[index - 1] if index else ""
        after = value.parts[index + 1] if index + 1 < len(value.parts) else ""
        if isinstance(part, Reference) and _ends_whole(before) and _starts_whole(after):
            found.append(part)
    return found


def _is_after_apply(value: Unknown) -> bool:
    return isinstance(value, Reference) and value.cause is Cause.AFTER_APPLY


def _ends_whole(before: Value) -> bool:
    return isinstance(before, str) and (not before or before.endswith((":", "/")))


def _starts_whole(after: Value) -> bool:
    return isinstance(after, str) and (not after or after.startswith((":", "/", "*")))


def _part(part: str | Unknown) -> str | None:
    if isinstance(part, str):
        return part
    if isinstance(part, Reference):
        return f"{_MARK}{part.address}.{part.attribute}{_MARK}"
    if isinstance(part, OuterReference):
        return f"{_MARK}{part.path}{_MARK}"
    if part.cause in _SHARED_CAUSES and type(part) in (Unknown, Alternatives, DataSourceValue):
        return f"{_MARK}{id(part)}{_MARK}"
    return None


def _region_of(text: str) -> str:
    """The region that an ARN names; empty where there is none."""
    fields = text.split(":", 4)
    return fields[3] if text.startswith("arn:") and len(fields) > 4 else ""
