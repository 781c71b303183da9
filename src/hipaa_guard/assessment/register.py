"""The register of exceptions, `.hipaa-guard/exceptions.yaml`: read and checked. Needs pydantic, so import it late."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from hipaa_guard.assessment.exception_scopes import ExceptionScope
from hipaa_guard.assessment.exceptions import LONGEST, RegisterEntry
from hipaa_guard.assessment.yaml_size import expanded, repeated_keys
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.terraform.repository.untrusted_paths import REGISTER, FoundPathError, content, content_of_named

SHORTEST_REASON = 20
"""The fewest characters of a justification: a shorter text gives no reason."""

_MOST_VALUES = 200_000
"""The most values of a register with its aliases expanded: a few lines can expand beyond the memory."""


class RegisterError(Exception):
    """The register cannot be used. Each line of the text is a sentence that says where."""


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day", "is not a day: write YYYY-MM-DD") from None
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise PydanticCustomError("day", "is not a day: write YYYY-MM-DD")
    return value


Day = Annotated[dt.date, BeforeValidator(_day)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Pattern = Annotated[str, Field(min_length=1, max_length=1000)]
Sentences = Annotated[str, Field(min_length=SHORTEST_REASON, max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)


class ScopeModel(_Strict):
    """The resources that an exception covers; all parts that are given must match."""

    address: Pattern | None = None
    root: Pattern | None = None
    arn: Pattern | None = None
    account: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] | None = None
    tags: dict[Pattern, str] = Field(default_factory=dict)
    inline: bool = False

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return {"inline": True} if value == "inline" else value

    @model_validator(mode="after")
    def _says_something(self) -> ScopeModel:
        if not self.model_dump(exclude_defaults=True):
            raise PydanticCustomError("empty", "is empty: give an address, an arn, an account, tags or `inline`")
        return self


class EntryModel(_Strict):
    """One exception."""

    id: Annotated[str, Field(pattern=r"^EX-[1-9]\d{0,5}$")]
    control: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=200)]
    scope: ScopeModel
    justification: Sentences
    compensating_control: Sentences | None = None
    risk: Literal["low", "medium", "high"] | None = None
    owner: Word
    approver: Word
    approved_on: Day
    expires_on: Day
    ticket: Word | None = None
    allow_broad: bool = False

    @model_validator(mode="after")
    def _two_people_and_an_end(self) -> EntryModel:
        if self.owner.casefold() == self.approver.casefold():
            raise PydanticCustomError("people", "the approver is the owner: somebody else has to approve it")
        if self.expires_on <= self.approved_on:
            raise PydanticCustomError("days", "it expires before or on the day on which it was approved")
        if (self.expires_on - self.approved_on).days > LONGEST:
            raise PydanticCustomError("days", f"it expires more than {LONGEST} days after it was approved")
        return self

    def entry(self, line: int) -> RegisterEntry:
        """The entry as scans use it."""
        scope = ExceptionScope(**self.scope.model_dump())
        shown = ExceptionEntry(
            id=self.id,
            justification=self.justification,
            compensating_control=self.compensating_control or "",
            owner=self.owner,
            approver=self.approver,
            approved_on=self.approved_on,
            expires_on=self.expires_on,
            ticket=self.ticket or "",
            control=self.control,
            scope=str(scope),
            risk=self.risk or "",
        )
        return RegisterEntry(shown, scope, allow_broad=self.allow_broad, line=line)


class RegisterModel(_Strict):
    """The file."""

    version: Annotated[int, Field(ge=1, le=1)]
    exceptions: list[EntryModel] = Field(default_factory=list)


def read(path: Path, *, named: bool = True) -> list[RegisterEntry]:
    """The entries of a register, in its order; ``named`` says whether the user named the file.

    Raises:
        RegisterError: the file cannot be read, or an entry is not valid.

    """
    try:
        found = content_of_named(path, REGISTER.largest) if named else content(path, REGISTER)
    except FoundPathError as error:
        raise RegisterError(f"{path} {error}") from None
    return entries_of(found, str(path))


def entries_of(data: bytes, name: str) -> list[RegisterEntry]:
    """The entries of a register, from its bytes; `name` is the file in messages.

    Raises:
        RegisterError: an entry is not valid.

    """
    try:
        return parse(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        raise RegisterError(f"{name} is not UTF-8 text") from None


def parse(text: str, name: str) -> list[RegisterEntry]:
    """The entries of a register, from its text; `name` is the file in messages.

    Raises:
        RegisterError: an entry is not valid.

    """
    data, lines = _document(text, name)
    try:
        model = RegisterModel.model_validate(data)
    except ValidationError as error:
        sentences = [
            _sentence(each, data, lines, name) for each in error.errors(include_url=False, include_input=False)
        ]
        raise RegisterError("\n".join(dict.fromkeys(sentences))) from None
    except RecursionError:
        raise RegisterError(f"{name}: it is nested too deep") from None
    twice = [id for id, number in Counter(entry.id for entry in model.exceptions).items() if number > 1]
    if twice:
        last = {entry.id: line for entry, line in zip(model.exceptions, lines, strict=True)}
        raise RegisterError(
            "\n".join(f"{name}:{last[id]}: {id} is there twice: ids are never used again" for id in twice)
        )
    return [entry.entry(line) for entry, line in zip(model.exceptions, lines, strict=True)]


def _document(text: str, name: str) -> tuple[Any, list[int]]:
    """The content of the YAML, and the lines of the entries."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, []
        if expanded(node, _MOST_VALUES) > _MOST_VALUES:
            raise RegisterError(f"{name}: with its aliases it has more than {_MOST_VALUES:,} values")
        for key in repeated_keys(node):
            raise RegisterError(f"{name}:{key.start_mark.line + 1}: {key.value[:60]!r} is there twice")
        return loader.construct_document(node), [item.start_mark.line + 1 for item in _items(node)]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}" if mark is not None else name
        raise RegisterError(f"{place}: it is not YAML: {getattr(error, 'problem', None) or error}") from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise RegisterError(f"{name}: it cannot be read: {error}") from None
    finally:
        loader.dispose()


def _items(node: yaml.Node) -> list[yaml.Node]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    lists = [value for key, value in pairs if key.value == "exceptions" and isinstance(value, yaml.SequenceNode)]
    return lists[0].value if lists else []


_SAID = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of it",
    "string_type": "must be text: put it into quotes",
}
_EXAMPLES = {"id": "it must be like EX-12", "account": "it must be 12 digits in quotes", "version": "it must be 1"}


def _is_empty(data: Any, path: Iterable[int | str]) -> bool:
    """Whether a field is there without a value, as in a proposal that nobody has filled in."""
    for step in path:
        try:
            data = data[step]
        except (TypeError, LookupError):
            return False
    return data is None


def _sentence(error: ErrorDetails, data: Any, lines: list[int], name: str) -> str:
    path = list(error["loc"])
    place = name
    if len(path) > 1 and path[0] == "exceptions" and isinstance(path[1], int):
        number = path[1]
        place += f":{lines[number]}" if number < len(lines) else ""
        entry = data["exceptions"][number]
        id = entry.get("id") if isinstance(entry, Mapping) else None
        place += f": {id}" if isinstance(id, str) and id else ""
        path = path[2:]
    field = ".".join(str(step) for step in path)
    said = _SAID.get(error["type"]) or error["msg"]
    if _is_empty(data, error["loc"]):
        said = "is empty: fill it in"
    if path and error["type"] not in _SAID and path[-1] in _EXAMPLES:
        said = _EXAMPLES[str(path[-1])]
    return f"{place}: {field + ': ' if field else ''}{said}"
