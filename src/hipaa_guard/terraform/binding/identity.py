"""By what one resource instance can be named: known texts, and what can be said of a name that is not known.

A name that is not known still identifies: two arguments made from the same unknown variable in the same way are the
same text. Such a name is written as a *token*, which no literal text of a configuration can equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from hipaa_guard.facts.readings import Block
from hipaa_guard.facts.values import Cause, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.binding.name_patterns import Pattern, Patterns, Texts, forms, is_long, tail
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import Alternatives, DataSourceValue, OuterReference

_MARK = "\0"
_SHARED_CAUSES = (Cause.VARIABLE, Cause.DATA_SOURCE)


Source = tuple[bool, str]
"""A name that a value is made from, and whether the value is a part of it that is written out."""


def sources(value: Unknown) -> list[Source]:
    """All that a value is made from."""
    return [(isinstance(value, OuterReference), name) for name in value.references]


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies one instance: texts and tokens, and patterns of names that are not known."""

    texts: frozenset[str]
    patterns: tuple[Pattern, ...]
    unknown: Unknown | None
    """Why a name is not known, where one is not."""

    def shared(self) -> list[Source]:
        """The sources of values that may be the name, of which nothing is known, as they are made from one variable.

        Of two parts of one variable that are written out (``var.x.a`` and ``var.x.b``) it is known that they differ.
        """
        unknown = self.unknown
        if unknown is None or not any(found.open for found in self.patterns):
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
        unqualified: Callable[[str], str] | None = None,
    ) -> None:
        self.types = tuple(types)
        self._unqualified = unqualified
        self.regional = regional
        self._made_by = made_by
        self._arguments = arguments
        self._identities: dict[str, Identity] = {}
        self._owners: dict[str, list[ResourceInstance]] = {}
        self._owners_in: dict[tuple[str, str], list[ResourceInstance]] = {}
        self._kept: list[Unknown] = []
        self._regions: dict[str, Counter[str | None]] = {}
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
        self._patterns = Patterns(found for found in patterns if not found.open)
        self._texts = Texts(texts)
        self._shared = {source for identity in self._identities.values() for source in identity.shared()}

    def of(self, instance: ResourceInstance) -> Identity:
        """What identifies the instance."""
        identity = self._identities.get(instance.address)
        return self._identify(instance) if identity is None else identity

    def may_be(self, text: str) -> bool:
        """Whether a text may be the name, known in part only, of some instance."""
        return self._patterns.fit(text)

    def may_agree(self, other: Pattern) -> bool:
        """Whether a text that is known in part may be the name of some instance."""
        return self._texts.fit(other) or self._patterns.agree(other)

    def may_share(self, value: Unknown) -> bool:
        """Whether a value may be the name of some instance, as both are made from one variable."""
        return not self._shared.isdisjoint(sources(value))

    def owned(self, text: str) -> bool:
        """Whether some instance is certainly called so."""
        return any(form in self._owners for form in forms(text))

    def owners(self, text: str, module: str | None = None) -> list[ResourceInstance]:
        """The instances called so; only those in one module, where that is given."""
        return self._owners.get(text, []) if module is None else self._owners_in.get((text, module), [])

    def regions(self, text: str) -> Counter[str | None]:
        """How many of the instances called so are in each region; None stands for one that is not known."""
        if text not in self._regions:
            regions = [owner.region for owner in self.owners(text)]
            self._regions[text] = Counter(region if isinstance(region, str) else None for region in regions)
        return self._regions[text]

    def may_mean(self, main: ResourceInstance, split: ResourceInstance, text: str) -> bool:
        """False where a text that an instance names a resource by means one of another region."""
        region = self._region_meant(split, text)
        return region is None or not isinstance(main.region, str) or region == main.region

    def may_name(self, text: str, split: ResourceInstance, written: str) -> bool:
        """Whether something is called by a text, or form of one, in the region of the instance that names it."""
        region = self._region_meant(split, written)
        regions = self.regions(text)
        return bool(regions) if region is None else region in regions or None in regions

    def _region_meant(self, split: ResourceInstance, text: str) -> str | None:
        """The region of what a name means: that of its ARN, else that of whoever uses it; None if not known."""
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
                texts.update(written_alike(instance, argument, value))
                patterns.append(pattern(value))
                unknown = value if unknown is None else unknown
        return Identity(frozenset(texts), tuple(patterns), unknown)


def naming_arguments(block: Block | None) -> tuple[str, ...]:
    """The arguments whose values identify an instance of a kind."""
    if block is None:
        return ("name", "id", "arn")
    return block.naming_arguments()


def tokens(value: Unknown) -> list[str]:
    """Texts that stand for an unknown value; equal tokens are equal values. None where equality cannot be told.

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


def written_alike(instance: ResourceInstance, argument: str, value: Unknown) -> list[str]:
    """A token for a value that is not known: two arguments of one module that are written alike are worth the same."""
    expression = None if isinstance(value, Reference) else instance.expression(argument)
    return [] if expression is None else [f"{_MARK}={expression}{_MARK}"]


def pattern(value: Unknown) -> Pattern:
    """What is known of the text of an unknown value."""
    if not isinstance(value, PartialText):
        return Pattern(late=_is_late(value))
    last = value.parts[-1]
    late = all(isinstance(part, str) or _is_late(part) for part in value.parts)
    return Pattern(value.prefix, last if isinstance(last, str) else "", late)


def embedded(value: PartialText) -> list[Reference]:
    """The references of a partial text that stand in it whole: ``"${topic.arn}:*"``, not ``"${bucket.id}-logs"``."""
    found = []
    for index, part in enumerate(value.parts):
        before = value.parts[index - 1] if index else ""
        after = value.parts[index + 1] if index + 1 < len(value.parts) else ""
        if isinstance(part, Reference) and _ends_whole(before) and _starts_whole(after):
            found.append(part)
    return found


def _is_late(value: Unknown) -> bool:
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
