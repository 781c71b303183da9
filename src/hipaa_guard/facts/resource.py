"""Kinds of resources and their facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import cache
from inspect import get_annotations
from typing import Any, ClassVar, Protocol, Self, overload, runtime_checkable

from hipaa_guard.facts.allowed_values import Domain
from hipaa_guard.facts.alternatives import Choice, Choices
from hipaa_guard.facts.fact_types import CONVERSIONS
from hipaa_guard.facts.function_texts import texts_in
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.origin import Evidence, Origin, Trace
from hipaa_guard.facts.readings import (
    AwsReading,
    Block,
    First,
    Listing,
    Singleton,
    TerraformReading,
    is_awscc,
    names_split,
)
from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import Cause, NotVisible, Undecided, Unknown, Value

READING_ERRORS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""Errors of a reading or of `parse` for a value of a shape that neither the provider nor AWS would return."""

_NO_DEFAULT = object()

Refusal = Callable[[Value], str | None]
"""Why the provider or AWS would refuse a value; None where nothing says that they would."""


class Fact:
    """One column of a kind's table: a fact, with its reading for each source."""

    __slots__ = (
        "allowed",
        "annotation",
        "aws",
        "awscc",
        "live_only",
        "name",
        "owner",
        "parse",
        "refusal",
        "terraform",
        "terraform_only",
        "unset",
    )

    def __init__(
        self,
        *,
        terraform: TerraformReading | First | None,
        awscc: TerraformReading | First | None,
        unset: Value,
        aws: AwsReading | None,
        parse: Callable[[Value], Value] | None,
        allowed: Domain | None,
        refusal: Refusal | None,
        live_only: str | None,
        terraform_only: str | None,
    ) -> None:
        self.terraform = terraform
        self.awscc = awscc
        self.unset = unset
        self.aws = aws
        self.parse = parse
        self.allowed = allowed
        self.refusal = refusal
        self.live_only = live_only
        self.terraform_only = terraform_only
        self.name = ""
        self.owner: type[Resource] = Resource
        self.annotation = ""

    def __set_name__(self, owner: type[Resource], name: str) -> None:
        self.name = name
        self.owner = owner
        self.annotation = str(get_annotations(owner).get(name, ""))

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource, owner: type) -> Value: ...
    def __get__(self, resource: Resource | None, owner: type) -> Self | Value:
        return self if resource is None else resource.read(self)

    def readings(self, type: str) -> tuple[TerraformReading, ...]:
        """The readings for a resource of a Terraform type, in their order.

        The readings of split resources also hold for a main resource of the other provider.
        """
        if not is_awscc(type):
            return _in_order(self.terraform)
        splits = tuple(reading for reading in _in_order(self.terraform) if names_split(reading))
        return tuple(dict.fromkeys((*splits, *_in_order(self.awscc))))

    @property
    def is_single(self) -> bool:
        """Whether the fact is always a single value: neither a list nor None."""
        types = [part.strip() for part in self.annotation.split("|")]
        return "None" not in types and not types[0].startswith("list[")

    def is_read_from(self, type: str) -> bool:
        """Whether the fact is read from a Terraform type: then a left-out argument means `unset`."""
        return (self.awscc if is_awscc(type) else self.terraform) is not None

    def all_readings(self) -> tuple[TerraformReading, ...]:
        """The readings for resources of any Terraform type."""
        return (*_in_order(self.terraform), *_in_order(self.awscc))

    def terraform_texts(self) -> Iterator[str]:
        """The paths of the Terraform readings, and the texts in their functions (types that they look at)."""
        for reading in self.all_readings():
            yield from (reading,) if isinstance(reading, str) else texts_in(reading)

    def __repr__(self) -> str:
        return f"<Fact {self.owner.__name__}.{self.name}>"


def fact(
    *,
    terraform: TerraformReading | First | None = None,
    awscc: TerraformReading | First | None = None,
    unset: Value = _NO_DEFAULT,
    aws: AwsReading | None = None,
    parse: Callable[[Value], Value] | None = None,
    allowed: Domain | None = None,
    refusal: Refusal | None = None,
    live_only: str | None = None,
    terraform_only: str | None = None,
) -> Any:
    """Declare a fact with both of its readings, or with the reason why one source cannot have it.

    ``awscc`` is the reading for types of the ``awscc`` provider; without it the fact is unknown for them. ``unset`` is
    the provider's default when Terraform leaves the argument out. ``parse`` converts a known raw value to the type of
    the annotation; ``bool``, ``int``, ``float`` and ``str`` are converted without it. ``allowed`` are all values that
    the fact can have, in source and live. ``refusal`` says why the provider or AWS would refuse a raw value of source;
    None where they would not.

    Raises:
        TypeError: a reading is missing without a reason, or a Terraform reading has no ``unset``.

    """
    in_terraform = terraform is not None or awscc is not None
    if in_terraform != (live_only is None):
        raise TypeError("a fact needs either terraform= (or awscc=) or live_only= with the reason")
    if (aws is None) != (terraform_only is not None):
        raise TypeError("a fact needs either aws= or terraform_only= with the reason")
    if in_terraform and unset is _NO_DEFAULT:
        raise TypeError("a fact with a Terraform reading needs unset=, the provider's default without the argument")
    return Fact(
        terraform=terraform,
        awscc=awscc,
        unset=None if unset is _NO_DEFAULT else unset,
        aws=aws,
        parse=parse,
        allowed=allowed,
        refusal=refusal,
        live_only=live_only,
        terraform_only=terraform_only,
    )


class FactSource(Protocol):
    """Reads the facts of one resource."""

    def read(self, fact: Fact) -> Value:
        """The raw value of the fact: None or `fact.unset` where absent, an `Unknown` where it is not known."""

    def trace(self, fact: Fact) -> Trace:
        """Where the fact comes from."""


@runtime_checkable
class ChoosingSource(FactSource, Protocol):
    """A source in which the arguments behind a fact may be one of a few values."""

    def open_choices(self, fact: Fact) -> dict[Choice, int]:
        """The choices that a fact, which was read, leaves open, each with the number of its possible values."""

    def chosen(self, choices: Choices) -> FactSource:
        """The source in which these choices are made."""


Reads = dict[tuple[int, str], "tuple[Resource, Fact]"]
_reads: ContextVar[Reads | None] = ContextVar("_reads", default=None)


class recorded:  # noqa: N801 - used as a function; a generator would cost more than most controls do
    """Collect which facts are read inside the block, in order, each once. The values are (resource, fact)."""

    __slots__ = ("_token",)

    def __enter__(self) -> Reads:
        reads: Reads = {}
        self._token = _reads.set(reads)
        return reads

    def __exit__(self, *_: object) -> None:
        _reads.reset(self._token)


class Resource:
    """A resource of some kind. Subclasses declare where it is found and its facts.

    Reading a fact raises `Undecided` where it is not known, and `NotVisible` where this source can never show it.
    """

    __slots__ = ("_evidence", "_read", "_source", "origin")

    terraform: ClassVar[Block | None] = None
    aws: ClassVar[Listing | Singleton | None] = None
    live_only: ClassVar[str | None] = None
    """Why Terraform cannot declare this kind; None where it can."""
    terraform_only: ClassVar[str | None] = None
    aws_types: ClassVar[tuple[str, ...]] = ()
    """The names of the type in AWS's lists of existing resources: that of CloudFormation (``AWS::S3::Bucket``), and the
    service and type in ARNs (``s3:bucket``)."""
    security_hub_type: ClassVar[str] = ""
    """Security Hub's name of the kind (``AwsS3Bucket``); empty where it has none."""
    facts: ClassVar[dict[str, Fact]] = {}
    kind: ClassVar[str] = ""
    """``service.Kind``, as in ``s3.Bucket``."""
    noun: ClassVar[str] = ""
    """The noun for one of the kind, such as "S3 bucket"; needed for kinds with split resources."""

    tells_of_others: ClassVar[bool] = False
    """Whether no control judges the kind: its facts only tell of other kinds, so that its types stay unjudged."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.kind = f"{_service(cls.__module__)}.{cls.__name__}"
        cls.facts = {**cls.facts, **{name: value for name, value in vars(cls).items() if isinstance(value, Fact)}}

    @classmethod
    def narrower(cls) -> tuple[type[Resource], ...]:
        """The kind and those derived from it, by name: a control of the kind judges them all."""
        found: dict[str, type[Resource]] = {}
        pending: list[type[Resource]] = [cls]
        while pending:
            kind = pending.pop()
            found[kind.kind] = kind
            pending.extend(kind.__subclasses__())
        return (cls, *(found[name] for name in sorted(found) if name != cls.kind))

    @classmethod
    @cache
    def terraform_types(cls) -> frozenset[str]:
        """All Terraform types that the kind is read from, split resources included."""
        if cls.terraform is None:
            return frozenset()
        texts = [text for fact in cls.facts.values() for text in fact.terraform_texts()]
        split = {text.partition(".")[0] for text in texts if names_split(text)}
        return frozenset({*cls.terraform.types, *cls.terraform.joins, *split})

    @classmethod
    def splits(cls) -> dict[str, tuple[str, ...]]:
        """The Terraform types that set a part of the kind, with their arguments that point at it."""
        block = cls.terraform
        if block is None:
            return {}
        types = sorted(cls.terraform_types() - {*block.types})
        return {type: pointing for type in types if (pointing := block.pointing(type))}

    def __init__(self, origin: Origin, source: FactSource) -> None:
        self.origin = origin
        self._source = source
        self._read: dict[str, Value] = {}
        self._evidence: dict[str, Evidence] = {}

    def read(self, fact: Fact) -> Value:
        """The value of a fact.

        Raises:
            Undecided: the fact is not known.
            NotVisible: this source can never show it.

        """
        reads = _reads.get()
        if reads is not None:
            reads.setdefault((id(self), fact.name), (self, fact))
        value = self.peek(fact)
        # A reference (a computed id or ARN) is a value: it is set, and joins follow it.
        if isinstance(value, Unknown) and not value.is_set:
            raise Undecided(value, fact.name)
        return value

    def peek(self, fact: Fact) -> Value:
        """The value of a fact; an `Unknown` where it is not known. Raises only `NotVisible`."""
        reason = fact.live_only if self.origin.source == "terraform" else fact.terraform_only
        if reason is not None:
            raise NotVisible(fact.name, reason)
        if fact.name not in self._read:
            self._read[fact.name] = self._value(fact)
        return self._read[fact.name]

    def _value(self, fact: Fact) -> Value:
        raw = self._source.read(fact)
        if fact.refusal is not None and self.origin.source == "terraform":
            refused = fact.refusal(raw)
            if refused is not None:
                return Unknown(refused, Cause.REFUSED)
        value = _parsed(fact, raw)
        if fact.allowed is None:
            return value
        value = fact.allowed.admit(value)
        if isinstance(value, list) and self.origin.source == "terraform":
            # A refused element of source makes the whole list refused; in answers, the other elements count.
            seen = value.seen if isinstance(value, Incomplete) else value
            return next((each for each in seen if isinstance(each, Unknown) and each.cause is Cause.REFUSED), value)
        return value

    def open_choices(self, fact: Fact) -> dict[Choice, int]:
        """The choices that the arguments behind a fact leave open, each with the number of its possible values."""
        return self._source.open_choices(fact) if isinstance(self._source, ChoosingSource) else {}

    def chosen(self, choices: Choices) -> Self:
        """The same resource where these choices are made."""
        source = self._source.chosen(choices) if isinstance(self._source, ChoosingSource) else self._source
        return type(self)(self.origin, source)

    def already_read(self, fact: Fact) -> Value:
        """The value of a fact that was read before; None for any other."""
        return self._read.get(fact.name)

    def evidence(self, fact: Fact) -> Evidence:
        """The fact as evidence, with its value in words. It is cached, as many controls read the same fact."""
        known = self._evidence.get(fact.name)
        if known is not None:
            return known
        trace = self._source.trace(fact)
        try:
            value = in_words(self.peek(fact))
        except NotVisible as error:
            value = f"not visible: {error.reason}"
        found = self._evidence[fact.name] = Evidence(fact.name, value, *trace)
        return found

    def __repr__(self) -> str:
        return f"<{self.kind} {self.origin.label}>"

    @property
    def label(self) -> str:
        """The name for people."""
        return self.origin.label


def _service(module: str) -> str:
    """The service of a kind, by its module: the name below `services`, also of a module in a folder; else the last."""
    _, services, below = module.partition("hipaa_guard.services.")
    return below.partition(".")[0] if services else module.rpartition(".")[2]


def all_kinds() -> Iterator[type[Resource]]:
    """Every kind that a loaded service module declares."""
    pending = list(Resource.__subclasses__())
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        yield kind


def _in_order(reading: TerraformReading | First | None) -> tuple[TerraformReading, ...]:
    if isinstance(reading, First):
        return reading.readings
    return () if reading is None else (reading,)


def _parsed(fact: Fact, value: Value) -> Value:
    if value is None or (isinstance(value, Unknown) and fact.parse is None):
        return value
    try:
        if fact.parse is not None:
            value = fact.parse(value)
            if value is None or isinstance(value, Unknown):
                return value
        convert = CONVERSIONS.get(fact.annotation.partition("|")[0].strip())
        return value if convert is None else convert(value)
    except Undecided as error:
        return error.unknown
    except READING_ERRORS:
        return Unknown(f"its value {in_words(value, 60)!r} is not a {fact.annotation}")
