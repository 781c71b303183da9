"""A service's kinds as tables of facts, matched by name between the provider's schema and botocore's shapes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from botocore import xform_name

from hipaa_guard import law
from hipaa_guard.assessment.relevant_types import belonging
from tests.provider_schema import cloudformation
from tests.schema import NEWEST, lines_of
from tests.skeleton import models
from tests.skeleton.models import Described, Listed, SkeletonError, words

_NO_SETTINGS = {"id", "arn", "name", "region", "tags", "tags_all", "timeouts"}
_ANNOTATIONS = {"bool": "bool", "number": "int | None", "string": "str | None"}
_KEYS = {"kmskeyid", "kmskeyarn", "keyid", "encryptionkeyarn"}
_SAME = {"bool": {"boolean"}, "number": {"integer", "long"}, "string": {"string"}}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact, with where each side tells it."""

    name: str
    annotation: str
    terraform: str
    awscc: str | None
    aws: str
    values: tuple[str, ...]


@dataclass(slots=True)
class Kind:
    """A kind, with its facts and the arguments that nothing of AWS's answers was found for."""

    name: str
    """``FileSystem``."""
    words: str
    """``file_system``."""
    type: str
    service: str
    listed: Listed
    described: Described | None
    cloudformation: str | None
    holds: str
    safeguards: frozenset[str]
    facts: list[FactRow] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)
    """The arguments and blocks of the resource itself, with their kinds."""
    awscc_naming: str | None = None
    """The argument for the name in the awscc provider."""

    @property
    def awscc(self) -> str | None:
        """The type of the awscc provider, where all facts have an argument there."""
        if self.cloudformation is None or any(fact.awscc is None for fact in self.facts):
            return None
        return cloudformation.type_of(self.cloudformation)


def kinds(name: str, only: Collection[str] = ()) -> tuple[list[Kind], list[str]]:
    """The kinds of a service, or those of some Terraform types, and in words what was left out.

    Raises:
        SkeletonError: there is no such service, or no type of the provider's belongs to it.

    """
    model = models.service(name)
    types = [each for each in _types(name) if not only or each[0] in only]
    if not types:
        raise SkeletonError(
            f"tests/reference/{NEWEST} has no resource type that belongs to {name}: give a newer schema to "
            "`python -m tests.provider_schema aws`, or write the service's module by hand"
        )
    found, left_out = [], []
    for type_, after in types:
        rest = after
        listed = models.listing(model, rest)
        if listed is None:  # AWS may call it after the service: aws_backup_vault is a BackupVault of Backup's
            rest = f"{_plain(name)}_{rest}"
            listed = models.listing(model, rest)
        if listed is None:
            left_out.append(f"{type_}: no operation of {name} lists it without being asked for something")
            continue
        found.append(_kind(model, name, type_, rest, listed))
    if not found:
        raise SkeletonError("; ".join(left_out))
    return found, left_out


def _types(name: str) -> Iterator[tuple[str, str]]:
    """The provider's types of a service that belong to a folder of policies, each with what the kind is called."""
    prefixes = _prefixes()
    for type_ in sorted({row[0] for row in lines_of(NEWEST)}):
        own = max((each for each in prefixes if type_.startswith(each)), key=len, default=f"aws_{_plain(name)}_")
        if not type_.startswith(own) or name not in prefixes.get(own, {name}) or not belonging(type_).safeguards:
            continue
        # A prefix may be a whole type (aws_kinesis_stream), and is then called after what follows the service.
        yield type_, type_.removeprefix(own if own.endswith("_") else f"aws_{_plain(name)}_").removeprefix("aws_")


def _prefixes() -> dict[str, set[str]]:
    """The starts of the names of types -> the services of boto3 that they belong to."""
    found: dict[str, set[str]] = {}
    for entry in yaml.safe_load(law.text_of("eligible_services.yaml"))["services"]:
        clients = {str(each) for each in entry.get("boto3") or ()}
        for prefix in entry.get("terraform_prefixes") or ():
            found.setdefault(prefix, set()).update(clients)
    return found


def title(name: str) -> str:
    """What AWS calls the service in its list of eligible ones; else boto3's name."""
    services = yaml.safe_load(law.text_of("eligible_services.yaml"))["services"]
    return next((str(each["name"]) for each in services if name in (each.get("boto3") or ())), name)


def _plain(name: str) -> str:
    return name.replace("-", "")


def _kind(model: Any, service: str, type_: str, rest: str, listed: Listed) -> Kind:
    described = models.description(model, rest, listed)
    where = belonging(type_)
    kind = Kind(
        name="".join(part.capitalize() for part in rest.split("_")),
        words=rest,
        type=type_,
        service=service,
        listed=listed,
        described=described,
        cloudformation=_cloudformation(service, type_, rest),
        holds=where.holds,
        safeguards=where.safeguards,
    )
    rows = [row for row in lines_of(NEWEST) if row[0] == type_]
    answers = list(_answers(kind))
    theirs = cloudformation.rows_of(cloudformation.type_of(kind.cloudformation)) if kind.cloudformation else []
    kind.arguments = {row[1]: row[2] for row in rows if "." not in row[1]}
    kind.awscc_naming = next((row.path for row in theirs if row.path in (f"{rest}_name", "name")), None)
    for _, path, told, presence in rows:
        if presence == "required" and "." not in path:
            kind.required.append(path)
        if told not in _SAME or presence == "computed" or path.split(".")[0] in _NO_SETTINGS or _names(kind, path):
            continue
        answer = next((each for each in answers if _matches(path, told, *each[:2])), None)
        if answer is None:
            kind.unmatched.append(path)
            continue
        taken = {fact.name for fact in kind.facts}
        name = path.replace(".", "_") if _last(path) in taken else _last(path)
        awscc = next((row.path for row in theirs if row.presence != "computed" and _same(path, row.path)), None)
        values = tuple(getattr(answer[1], "enum", ()) or ())
        kind.facts.append(FactRow(name, _ANNOTATIONS[told], path, awscc, answer[2], values))
    return kind


def _names(kind: Kind, path: str) -> bool:
    """Whether an argument is the name of the resource, which is no fact."""
    return words(path) in {words(kind.words) + end for end in ("name", "id", "identifier")}


def _answers(kind: Kind) -> Iterator[tuple[str, Any, str]]:
    """Where AWS answers: (path, shape, the reading as code); the listing goes before a further call."""
    if not kind.listed.wrap:
        for path, shape in models.leaves(kind.listed.item):
            yield path, shape, f'listed("{path}")'
    if kind.described is not None:
        method = xform_name(kind.described.operation.name)
        params = ", ".join(f'{name}="{{{told}}}"' for name, told in kind.described.params.items())
        for path, shape in models.leaves(kind.described.shape):
            yield path, shape, f'ask("{kind.service}.{method}", "{kind.described.prefix}{path}", {params})'


def _matches(argument: str, told: str, path: str, shape: Any) -> bool:
    return shape.type_name in _SAME[told] and _same(argument, path)


def _same(argument: str, other: str) -> bool:
    """Whether two paths name one setting: all their steps do, or the last one, of which nothing else has the name."""
    if words(argument) == words(other):
        return True
    plain, last = words(argument), words(_last(other))
    return "." not in argument and (plain == last or (plain in _KEYS and last in _KEYS))


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _cloudformation(service: str, type_: str, rest: str) -> str | None:
    plain = {words(name.removeprefix("AWS")): name for name in cloudformation.types().values()}
    return plain.get(words(type_.removeprefix("aws"))) or plain.get(words(f"{service}{rest}"))


def holders(found: Iterable[Kind]) -> dict[str, list[Kind]]:
    """Folder of policies -> the kinds that belong to it."""
    folders: dict[str, list[Kind]] = {}
    for kind in found:
        for safeguard in sorted(kind.safeguards):
            folders.setdefault(safeguard, []).append(kind)
    return dict(sorted(folders.items()))
