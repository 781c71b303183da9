"""Resources as instances with arguments, and as values that other expressions refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import GapKind, Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.secrets import SecretText, concealed
from hipaa_guard.facts.values import Cause, PartialJson, Reference, Undecided, Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.terraform.addresses import last_key
from hipaa_guard.terraform.evaluation.data_sources import (
    asked_by,
    is_image,
    is_of_own_account,
    is_region_or_partition,
    looked_up,
)
from hipaa_guard.terraform.evaluation.enclosing_module import EnclosingModule
from hipaa_guard.terraform.evaluation.expansion import Copy, any_turn, dynamic_scopes
from hipaa_guard.terraform.evaluation.expression_references import names_mentioned
from hipaa_guard.terraform.evaluation.instance_references import instances_mentioned
from hipaa_guard.terraform.evaluation.policy_documents import policy_document
from hipaa_guard.terraform.functions.structures import List, Map, Set, UntypedList, UntypedMap
from hipaa_guard.terraform.functions.unknowns import bounded, derived, parts_of
from hipaa_guard.terraform.hcl.access import AttributeText, DataSourceValue, OuterReference, WrittenBlock, surely_set
from hipaa_guard.terraform.hcl.arguments import valued
from hipaa_guard.terraform.hcl.errors import LIMITS, EvaluationError, LimitReached
from hipaa_guard.terraform.hcl.scope import NOT_RECORDED, Scope, kept
from hipaa_guard.terraform.hcl.sensitive_values import is_secret_argument
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock

META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"})
_IMPURE = regex(r"\b(uuid|timestamp|bcrypt)\s*\(")
"""Functions that return another value at each call."""
_OF_INSTANCE = regex(r"\b(each|count)\b")
"""Names with another value in each instance. White space may stand between them and the dot."""
_NOT_EVALUATED: object = object()
_RUNNING: object = object()
"""Marks a value that is being evaluated: an argument that depends on itself is unknown."""


class HclInstance:
    """One instance of a resource or data source, read from HCL. Arguments are evaluated when they are first read."""

    __slots__ = (
        "_block",
        "_calls",
        "_lookups",
        "_module",
        "_provider",
        "_scope",
        "_values",
        "address",
        "location",
        "mode",
        "module",
        "name",
        "type",
        "uncertain",
    )

    def __init__(self, module: EnclosingModule, block: HclBlock, copy: Copy, why: Unknown | None) -> None:
        self.mode = block.type
        self.type, self.name = block.labels
        self.module = module.address
        prefix = f"{module.address}." if module.address else ""
        mode = "" if self.mode == "resource" else f"{self.mode}."
        self.address = f"{prefix}{mode}{self.type}.{self.name}{copy.key}"
        self.location = block.location(module.calls)
        self.uncertain = why if why is not None else module.uncertain
        self._module = module
        self._block = block
        self._calls = module.calls
        self._scope = Scope(module, copy.bound) if copy.bound else module.scope
        self._values: dict[str, Value] = {}
        self._lookups: dict[str, Unknown] = {}
        self._provider = module.provider_of(block)

    def __repr__(self) -> str:
        return f"<{self.address}>"

    @property
    def block(self) -> HclBlock:
        """The block as it is written, with the changes of override files."""
        return self._block

    @property
    def expansion(self) -> str | None:
        """The expression of its count or for_each, as it is written."""
        argument = self._block.attributes.get("count") or self._block.attributes.get("for_each")
        return None if argument is None else argument.text

    def arguments(self) -> Iterable[str]:
        """See `ResourceInstance`."""
        return [name for name in self._block.attributes if name not in META]

    def get(self, attribute: str) -> Value:
        """See `ResourceInstance`."""
        if attribute in META:
            return None
        value = self.written(attribute)
        if attribute == "tags_all":
            return self._all_tags() if value is None else value
        return value

    def written(self, name: str) -> Value:
        """The value of an argument, or the list of nested blocks of a type; None where it is absent."""
        value = self._values.get(name, _NOT_EVALUATED)
        if value is _NOT_EVALUATED:
            self._values[name] = _RUNNING
            self._values[name] = value = self._evaluate(name)
        elif value is _RUNNING:
            return _Running(f"{self.address}.{name} refers to itself", Cause.EXPRESSION)
        return value

    def _evaluate(self, name: str) -> Value:
        attribute = self._block.attributes.get(name)
        if attribute is not None:
            return self._argument(attribute, self._scope)
        if not any(nested_type(block) == name for block in self._block.blocks):
            return None
        return kept(self._module.session, lambda: self._blocks(self._block, name, self._scope, name))

    def _argument(self, attribute: Attribute, scope: Scope) -> Value:
        value = valued(attribute, scope, self._calls)
        return concealed(value) if is_secret_argument(self.type, attribute.name) else value

    def _blocks(self, parent: HclBlock, kind: str, scope: Scope, path: str) -> list[Value] | None:
        found: list[Value] = []
        missing: Unknown | None = None
        refused: Unknown | None = None
        possible: list[Value] = []
        listed = True
        present = False
        for block in parent.blocks:
            if block.type == kind:
                if refused is None:
                    refused = self._limit_reached(block)
                if refused is None:
                    found.append(self._body(block, scope, f"{path}[{len(found)}]"))
            elif block.type == "dynamic" and block.labels == (kind,):
                content = next((inner for inner in block.blocks if inner.type == "content"), None)
                try:
                    for inner_scope in dynamic_scopes(block, scope, self._calls):
                        if content is not None:
                            found.append(self._body(content, inner_scope, f"{path}[{len(found)}]"))
                except Undecided as undecided:
                    missing = undecided.unknown
                    listed = listed and content is not None
                    if content is not None:
                        possible.append(self._body(content, any_turn(block, scope, missing), f"{path}[{len(found)}]"))
            else:
                continue
            present = True
        if refused is not None:
            return Incomplete(found, refused)
        if missing is not None:
            return Incomplete(found, missing, possible if listed else None)
        return found if present and found else None

    def _limit_reached(self, block: HclBlock) -> Unknown | None:
        """Why a nested block is not evaluated: the scan has reached its limit. None where it has not."""
        try:
            self._module.session.another_block()
        except LimitReached as error:
            where = block.location(self._calls)
            self._module.session.report(GapKind.LIMIT, str(where), str(error), location=where)
            return Unknown(str(error), Cause.LIMIT)
        return None

    def _body(self, block: HclBlock, scope: Scope, path: str) -> Value:
        values: dict[str, Value] = {}
        for name, attribute in block.attributes.items():
            values[name] = self._argument(attribute, scope)
        for kind in dict.fromkeys(nested_type(inner) for inner in block.blocks):
            inner_blocks = self._blocks(block, kind, scope, f"{path}.{kind}")
            if inner_blocks is not None:
                values[kind] = inner_blocks
        return WrittenBlock(values, lambda name: self.computed(f"{path}.{name}"), lambda name: self._place(block, name))

    def _place(self, block: HclBlock, name: str) -> Location | None:
        """The lines of an argument or nested block of a block; for an empty name, those of the block."""
        written = block.attributes.get(name) or next(block.nested(name), None) if name else block
        return None if written is None else written.location(self._calls)

    def computed(self, path: str) -> Value:
        """The value at a path that is not written: the provider computes it."""
        if self.mode == "data":
            found = self._lookups.get(path)
            if found is None:
                found = self._lookups[path] = self._read(path)
            return found
        return Reference(self.address, path, is_set=surely_set(path))

    def _read(self, path: str) -> Unknown:
        """The value of a data source at a path: the name of something that exists before apply, or any value."""
        last = path.rsplit(".", 1)[-1]
        names_it = (
            last in ("id", "arn")
            or last.endswith(("_id", "_arn", "cidr_block"))
            or is_region_or_partition(self.type)
            or is_image(self, path)
        )
        names = [name for name in self._block.attributes if name not in META]
        blocks = [nested_type(block) for block in self._block.blocks]
        if not names_it or not self.type.startswith(("aws_", "awscc_")) or "depends_on" in self._block.attributes:
            address = f"{self.address}.{path}"
            reason = f"{address} is read when Terraform plans"
            mentioned = [f"{each}.id" for name in ("depends_on", *names) for each in self.instances_mentioned(name)]
            references = tuple(dict.fromkeys((address, *mentioned)))
            return OuterReference(reason, Cause.DATA_SOURCE, address, references=references, is_set=surely_set(path))
        asked = parts_of([self.written(name) for name in dict.fromkeys((*names, *blocks)) if name not in META])
        looked_up_with = tuple(part for part in asked if isinstance(part, Reference))
        found_here = is_of_own_account(self.type)
        own = found_here and "provider" not in self._block.attributes
        home = self._home if found_here and not is_region_or_partition(self.type) else None
        return DataSourceValue(self.address, path, looked_up_with, own=own, asked_by=asked_by(self), home=home)

    def reference(self, name: str) -> Value:
        """The value of ``address.name`` in other expressions."""
        record = self._module.session.record
        if record is not None:
            recorded = record.value(self.address, name)
            if recorded is not NOT_RECORDED:
                return recorded
        if self.mode == "data":
            known = looked_up(self, name)
            if known is not None:
                return known
        if self.type == "aws_iam_policy_document" and name in ("json", "minified_json") and self.mode == "data":
            return self._policy_document()
        if self.type == "terraform_data" and name == "output" and "input" in self._block.attributes:
            name = "input"
        value = self.get(name)
        if isinstance(value, _Running):
            raise EvaluationError(value.reason)
        if value is None:
            return self.computed(name)
        if not isinstance(value, Unknown):
            return self._as_attribute(name, value)
        if isinstance(value, Reference | PartialJson) or self.mode == "data":
            return value
        if isinstance(value, SecretText) and is_secret_argument(self.type, name):
            return value
        reference = Reference(self.address, name, is_set=value.is_set)
        reference.reason, reference.cause = value.reason, value.cause
        reference.references = (*reference.references, *value.references)
        return reference

    def _policy_document(self) -> Value:
        """The text of a policy document; unknown and reported where it reaches a limit, as it may merge many others."""
        session = self._module.session
        try:
            found = kept(session, lambda: bounded(policy_document(self)))
        except LIMITS as error:
            found = Unknown(str(error) or "nested too deeply", Cause.LIMIT)
        if isinstance(found, Unknown) and found.cause is Cause.LIMIT:
            session.report(GapKind.LIMIT, self.address, found.reason, location=self.block.location(self._calls))
        return found

    def _as_attribute(self, name: str, value: Value) -> Value:
        """A known argument in other expressions: a text with its resource, a collection without its type."""
        if isinstance(value, str):
            return AttributeText.of(value, Reference(self.address, name)) if self.mode == "resource" else value
        if self.type != "terraform_data" and type(value) in (list, List, Set):
            return UntypedList(value)
        if self.type != "terraform_data" and type(value) in (dict, Map):
            return UntypedMap(value)
        return value

    def _all_tags(self) -> Value:
        defaults = self._provider.default_tags if self._provider is not None else None
        tags = self.written("tags")
        if defaults is None:
            return tags
        if tags is None:
            return defaults
        if isinstance(tags, Unknown) or isinstance(defaults, Unknown):
            return derived([part for part in (tags, defaults) if isinstance(part, Unknown)], is_set=True)
        if isinstance(tags, dict) and isinstance(defaults, dict):
            try:
                return kept(self._module.session, lambda: self._module.session.made({**defaults, **tags}))
            except LimitReached as error:
                return self._module.session.failed(error)
        return tags

    @property
    def region(self) -> Value:
        """See `ResourceInstance`. Evaluated when it is first read: it may lead back to the resource itself."""
        attribute = self._block.attributes.get("region")
        if attribute is not None and self.mode == "resource":
            value = self.written("region")
            if value is not None:
                return value
        return self._provider.region if self._provider is not None else None

    def _home(self) -> Place:
        """The place of its provider."""
        if self._provider is None:
            return _of_environment(self.type)
        return self._provider.place

    @property
    def place(self) -> Place:
        """See `ResourceInstance`."""
        place = self._home()
        return place if self.region is place.region else place.in_region(self.region)

    def mentions(self, name: str) -> set[str]:
        """The names in an argument or in the nested blocks of a type."""
        return names_mentioned(self._block, name)

    def expression(self, argument: str) -> str | None:
        """See `ResourceInstance`. An expression with ``each`` or ``count`` counts with the key and the expansion."""
        written = self._block.attributes.get(argument)
        if written is None or _IMPURE.search(written.text):
            return None
        key = f"{self.expansion}\0{last_key(self.address)}" if _OF_INSTANCE.search(written.text) else ""
        return f"{self.module}\0{key}\0{written.text}"

    def instances_mentioned(self, argument: str) -> Iterable[str]:
        """See `ResourceInstance`."""
        written = self._block.attributes.get(argument)
        return () if written is None else instances_mentioned([written], self._module, self._block)

    def locate(self, path: str) -> Location | None:
        """See `ResourceInstance`. A number in the path chooses among blocks of one type (``ingress.1.from_port``)."""
        block = self._block
        steps = path.replace("[", ".").replace("]", "").split(".")
        place: Location | None = None
        while steps:
            name = steps.pop(0)
            attribute = block.attributes.get(name)
            if attribute is not None:
                return attribute.location(self._calls)
            nested = list(block.nested(name))
            index = int(steps.pop(0)) if steps and steps[0].isdigit() else 0
            if not nested:
                return None
            block = nested[min(index, len(nested) - 1)]
            place = block.location(self._calls)
        return place

    @property
    def declaration(self) -> None:
        """None, as this is the declaration itself."""

    def is_known_after_apply(self, argument: str) -> bool:  # noqa: ARG002 - the protocol of `ResourceInstance`
        """False, as this is not read from a plan."""
        return False

    def comments(self) -> Iterable[tuple[int, str]]:
        """See `ResourceInstance`."""
        return self._block.comments()

    def source_comments(self) -> Iterator[tuple[Location, str]]:
        """See `ResourceInstance`."""
        yield from self._block.source_comments()
        yield from self._module.source_comments()


def nested_type(block: HclBlock) -> str:
    """The type of a nested block, looking through ``dynamic``."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _of_environment(type_: str) -> Place:
    """The place of resources whose provider nobody configures. The aws and awscc providers are configured apart, and
    each reads the environment for what it is not told.
    """
    return Place(f":{type_.split('_', 1)[0]}", None, (), None)


class _Running(Unknown):
    """An argument that depends on itself."""

    __slots__ = ()
