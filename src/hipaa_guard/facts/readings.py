"""Readings of kinds and facts, declared as plain data that `terraform` and `aws` interpret.

This module reads nothing itself. As the declarations are data, the calls of a scan, its IAM policy and the generated
documentation come from the same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import field
from typing import Any, Literal, Protocol

from hipaa_guard.facts.values import Value
from hipaa_guard.lean import dataclass

# --- Terraform ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inside:
    """Nested blocks (or elements of an argument) that are resources of their own: the replicas of a table, say.

    ``path`` leads to them in their resource, ``region`` is their argument for their region; None where they are in that
    of their resource. ``computed`` says that the provider fills them in where nothing is written: then "known after
    apply" in a plan does not hide any.
    """

    path: str
    region: str | None = "region"
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Adoption:
    """How a Terraform resource takes over what another brings along, instead of making a new one.

    ``type`` is the type of the resource, ``by`` its argument that names the other resource. Where it leaves the
    argument out, it takes over from the resource of type ``otherwise`` in its region.
    """

    type: str
    by: str
    otherwise: str


@dataclass(frozen=True, slots=True, init=False)
class Block:
    """The Terraform resource types that declare a kind.

    ``joined_by`` is the argument of split resources (``aws_s3_bucket_versioning``) that points at the main one;
    ``joins`` gives it for split types that use another, or one of several. ``shared`` are split types that may point at
    resources of other kinds too. ``beside`` are types with their arguments that point at the resource and that set no
    part of it: a name that they use may also be that of something else. ``name`` is the argument with the resource's
    name; other resources may point at it by this name. ``also`` lists further arguments whose value identifies it.

    Types of the ``awscc`` provider, whose schemas are those of CloudFormation, stand beside those of ``aws``. Facts
    have a reading of their own for them, ``awscc_name`` is their argument for the name, and split resources of either
    provider may point at a resource of the other.

    ``inside`` lists types whose nested blocks, and not the resources themselves, are of the kind. The arguments of such
    a resource are those of its block; a reading reaches the outer resource by `View.outer`.
    """

    types: tuple[str, ...]
    joined_by: str | None
    joins: Mapping[str, str | tuple[str, ...]]
    shared: tuple[str, ...]
    beside: Mapping[str, tuple[str, ...]]
    name: str | None
    awscc_name: str | None
    also: tuple[str, ...]
    when: Callable[[View], Value] | None
    """Keeps only the blocks for which this holds (``engine`` of a cluster, say)."""
    made_by: Mapping[str, str]
    """Types whose resources bring along one of the kind -> the attribute that names it: every ``aws_vpc`` has a
    security group, its ``default_security_group_id``."""
    adopted_by: Adoption | None
    """How a declared resource takes over one that another resource brings along."""
    inside: Mapping[str, Inside]
    unqualified: Callable[[str], str] | None
    """From a text that names the resource or a version of it to the name without the version and additions of AWS."""
    versions: Mapping[str, str]
    """Types of versions of the resource -> their argument that names it. Their computed attributes (an ARN) name the
    resource too."""
    global_names: bool
    """Whether a name means the same resource in all regions; else, the one in the region of the resource using it."""
    across_accounts: bool
    """Whether a name means the same resource in all accounts too, as that of a bucket does."""

    def __init__(
        self,
        *types: str,
        joined_by: str | None = None,
        joins: Mapping[str, str | tuple[str, ...]] | None = None,
        shared: Sequence[str] = (),
        beside: Mapping[str, tuple[str, ...]] | None = None,
        name: str | None = None,
        awscc_name: str | None = None,
        also: Sequence[str] = (),
        when: Callable[[View], Value] | None = None,
        made_by: Mapping[str, str] | None = None,
        adopted_by: Adoption | None = None,
        inside: Mapping[str, Inside] | None = None,
        unqualified: Callable[[str], str] | None = None,
        versions: Mapping[str, str] | None = None,
        global_names: bool = False,
        across_accounts: bool = False,
    ) -> None:
        object.__setattr__(self, "types", types)
        object.__setattr__(self, "joined_by", joined_by)
        object.__setattr__(self, "joins", joins or {})
        object.__setattr__(self, "shared", tuple(shared))
        object.__setattr__(self, "beside", beside or {})
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "awscc_name", awscc_name)
        object.__setattr__(self, "also", tuple(also))
        object.__setattr__(self, "when", when)
        object.__setattr__(self, "made_by", made_by or {})
        object.__setattr__(self, "adopted_by", adopted_by)
        object.__setattr__(self, "inside", inside or {})
        object.__setattr__(self, "unqualified", unqualified)
        object.__setattr__(self, "versions", versions or {})
        object.__setattr__(self, "global_names", global_names)
        object.__setattr__(self, "across_accounts", across_accounts)

    def for_parts(self, inside: Mapping[str, Inside]) -> Block:
        """The same types and joins, for a kind that is nested in the resources of this one."""
        block = copy(self)
        object.__setattr__(block, "inside", inside)
        return block

    def pointing(self, type: str) -> tuple[str, ...]:
        """The arguments of a split type that point at the main resource, the usual one first; empty for other types."""
        by = self.joins.get(type, self.joined_by)
        return () if by is None else (by,) if isinstance(by, str) else by

    def path_in(self, type: str) -> str:
        """The place of the kind in resources of one of the types: ``aws_s3_bucket``, ``aws_dynamodb_table.replica``."""
        inside = self.inside.get(type)
        return type if inside is None else f"{type}.{inside.path}"

    def naming(self, type: str) -> str | None:
        """The argument that holds the name of a resource of one of the types."""
        return self.awscc_name if is_awscc(type) else self.name

    def naming_arguments(self) -> tuple[str, ...]:
        """All arguments whose values identify a resource."""
        named = (self.name, self.awscc_name, *self.also, "id", "arn")
        return tuple(dict.fromkeys(argument for argument in named if argument is not None))


def is_awscc(type: str) -> bool:
    """Whether a Terraform type is one of the ``awscc`` provider."""
    return type.startswith("awscc_")


class View(Protocol):
    """One resource instance, and those that point at it, as a Terraform reading sees them."""

    @property
    def address(self) -> str:
        """Full address of the instance."""

    @property
    def type(self) -> str:
        """Terraform type of the instance."""

    @property
    def outer(self) -> View | None:
        """The resource that this one is nested in (`Inside`); None for any other."""

    def get(self, path: str) -> Value:
        """The value at a dotted path of arguments and nested blocks; None where it is absent or null.

        Of several nested blocks of one type a further step takes the first. A path that ends at a nested block type
        gives the list of all of them.
        """

    def adopters(self, adoption: Adoption) -> list[View]:
        """The instances that take over what this one brings along, of any kind.

        An `Incomplete` list where further instances may.
        """

    def linked(self, type: str, by: str | None = None) -> list[View]:
        """The instances of another type whose argument `by` points at this one.

        An `Incomplete` list where further instances may point here.
        """


TerraformReading = str | Callable[[View], Value]
"""A path (``"versioning.enabled"``; ``"aws_s3_bucket_policy.policy"`` for a split resource) or a function."""


def names_split(reading: TerraformReading) -> bool:
    """Whether a reading is the path of a split resource."""
    return isinstance(reading, str) and reading.startswith(("aws_", "awscc_"))


@dataclass(frozen=True, slots=True)
class First:
    """The first of several readings that is set. An unknown one before it makes the whole unknown."""

    readings: tuple[TerraformReading, ...]


def first(*readings: TerraformReading) -> First:
    """The first of several Terraform readings that is set."""
    return First(readings)


# --- AWS ---------------------------------------------------------------------------------------------------------

Scope = Literal["region", "account"]


@dataclass(frozen=True, slots=True, init=False)
class Listing:
    """The call that lists a kind in a live account.

    ``operation`` is ``service.boto3_method``; ``items`` a JMESPath to the list in the whole (all pages) answer.
    ``arn``, ``region`` and ``params`` are templates over the fields of one item and ``{partition} {region} {account}``;
    ``name`` and ``keys`` are JMESPaths within one item: its name, and other texts that may name it.
    ``scope="account"`` marks calls that answer once for all regions. With ``of``, the call is made for each resource of
    another kind, and the parameters may use the fields of its item. Elements that are plain strings become
    ``{wrap: element}``. ``always`` are members that AWS sends with every element of a list and that ``items`` filters
    by (``SecurityGroups[].GroupName``): an element without one may be one of the kind. ``repeated`` says that an
    answer may name one resource several times, as each group names its template: equal elements are then one resource.
    """

    operation: str
    items: str
    arn: str | None
    region: str | None
    name: str | None
    keys: tuple[str, ...]
    scope: Scope
    of: type | None
    wrap: str
    absent: tuple[str, ...]
    always: tuple[str, ...]
    repeated: bool
    params: Mapping[str, Any]

    def __init__(
        self,
        operation: str,
        items: str,
        *,
        arn: str | None = None,
        region: str | None = None,
        name: str | None = None,
        keys: Sequence[str] = (),
        scope: Scope = "region",
        of: type | None = None,
        wrap: str = "Name",
        absent: Sequence[str] | str = (),
        always: Sequence[str] = (),
        repeated: bool = False,
        **params: Any,
    ) -> None:
        for attribute, value in (
            ("operation", operation),
            ("items", items),
            ("arn", arn),
            ("region", region),
            ("name", name),
            ("keys", tuple(keys)),
            ("scope", scope),
            ("of", of),
            ("wrap", wrap),
            ("absent", _codes(absent)),
            ("always", tuple(always)),
            ("repeated", repeated),
            ("params", params),
        ):
            object.__setattr__(self, attribute, value)


@dataclass(frozen=True, slots=True)
class Singleton:
    """A kind with exactly one resource in each account or region (a password policy, a default setting)."""

    scope: Scope
    arn: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A fact in the item of the listing, at a JMESPath; for ``kept_as`` and ``always`` see `Ask`."""

    path: str
    kept_as: Callable[[Value], Value] | None = None
    always: bool | None = None


@dataclass(frozen=True, slots=True, init=False)
class Ask:
    """A further call that answers a fact.

    ``params`` are templates over the item's fields. Calls with equal parameters are made once per region, so a call
    without templates is a bulk call; ``path`` (a JMESPath, itself a template whose fields are quoted for it) picks the
    answer for one resource. ``absent`` lists the error codes that mean "none is configured" for this operation; any
    other error leaves the fact unknown. ``kept_as`` is for answers that may hold secrets: as soon as the answer
    arrives, the result of this function replaces the value at the path, which is kept nowhere. ``always`` says whether
    AWS sends the value in every answer: an answer without it then leaves the fact unknown. By default, this holds for a
    fact with a plain reading whose type is a single value other than None.
    """

    operation: str
    path: str
    absent: tuple[str, ...]
    params: Mapping[str, Any]
    scope: Scope | None
    """``"account"`` for a call that answers once for all regions; None for a call in the region of the resource."""
    kept_as: Callable[[Value], Value] | None
    always: bool | None

    def __init__(
        self,
        operation: str,
        path: str,
        *,
        absent: Sequence[str] | str = (),
        scope: Scope | None = None,
        kept_as: Callable[[Value], Value] | None = None,
        always: bool | None = None,
        **params: Any,
    ) -> None:
        for attribute, value in (
            ("operation", operation),
            ("path", path),
            ("absent", _codes(absent)),
            ("params", params),
            ("scope", scope),
            ("kept_as", kept_as),
            ("always", always),
        ):
            object.__setattr__(self, attribute, value)


@dataclass(frozen=True, slots=True)
class Derived:
    """A pure function over several answers, in their order. An absent answer is None."""

    function: Callable[..., Value]
    readings: tuple[Listed | Ask, ...] = field(default=())


AwsReading = Listed | Ask | Derived


def listed(path: str, *, kept_as: Callable[[Value], Value] | None = None, always: bool | None = None) -> Listed:
    """A fact in the item of the listing, at a JMESPath; see `Listed`."""
    return Listed(path, kept_as, always)


def ask(operation: str, path: str, *, absent: Sequence[str] | str = (), **params: Any) -> Ask:
    """A further call that answers a fact; see `Ask`."""
    return Ask(operation, path, absent=absent, **params)


def derived(function: Callable[..., Value], *readings: Listed | Ask) -> Derived:
    """A pure function over several answers; see `Derived`."""
    return Derived(function, readings)


def _codes(absent: Sequence[str] | str) -> tuple[str, ...]:
    return (absent,) if isinstance(absent, str) else tuple(absent)
