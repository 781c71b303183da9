"""Plans as `terraform show -json` writes them, read into resource instances."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from hipaa_guard.facts.lists import first_unknown
from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.values import Cause, Computed, Unknown, Value
from hipaa_guard.terraform.addresses import key_text, without_keys
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.evaluation.policy_documents import policy_document
from hipaa_guard.terraform.hcl.errors import LIMITS
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.recorded.documents import any_marked, masked, objects, table, text
from hipaa_guard.terraform.recorded.instances import RecordedInstance
from hipaa_guard.terraform.recorded.plan_changes import unchanged
from hipaa_guard.terraform.recorded.plan_providers import PlanProviders
from hipaa_guard.terraform.recorded.plan_references import Found, Instances, PlannedModule, ReferenceContext
from hipaa_guard.terraform.recorded.plan_source import KnownValues, agrees, completed
from hipaa_guard.terraform.recorded.plan_values import ABSENT, Planned, PlannedExpression, decoded, is_argument

if TYPE_CHECKING:
    from hipaa_guard.terraform.evaluation.resources import HclInstance
    from hipaa_guard.terraform.recorded.source_tree import SourceTree

_MAJOR_VERSIONS = ("0", "1")
_GONE = frozenset({"delete", "forget"})


def is_plan(document: Mapping[str, Any]) -> bool:
    """Whether a JSON document is a plan."""
    return any(key in document for key in ("resource_changes", "planned_values", "configuration"))


def read_plan(document: Mapping[str, Any], root: str, source: SourceTree | None = None) -> Configuration:
    """The instances that exist once a plan is applied, without those that it deletes or forgets.

    With the source, instances have lines and comments, and a value that is known only after apply is the one of the
    source's expression.

    Raises:
        TerraformInputError: it is no plan, its format version is not known, or the source is not the plan's.

    """
    if not is_plan(document):
        raise TerraformInputError(f"{root} is no plan: `resource_changes` and `configuration` are expected in it")
    check_version(document, root)
    return _Plan(document, root).configuration(source)


def check_version(document: Mapping[str, Any], root: str) -> None:
    """Refuse a document in a format version that is not known.

    Raises:
        TerraformInputError: the document has no format version, or its major version is not known.

    """
    version = text(document.get("format_version"))
    if not version:
        raise TerraformInputError(f"{root} has no `format_version`: give the output of `terraform show -json`")
    if version.partition(".")[0] not in _MAJOR_VERSIONS:
        raise TerraformInputError(
            f"{root} has format version {version[:20]!r}, and only 0.x and 1.x are known: write it with Terraform 1.x"
        )


class _Plan:
    """One plan while it is read into a configuration."""

    def __init__(self, document: Mapping[str, Any], root: str) -> None:
        self._document = document
        self._location = Location(root, 1, 1)
        self._root = root
        configuration = table(document.get("configuration"))
        self._instances = Instances(table(configuration.get("root_module")))
        self._pending: dict[str, dict[str, Any]] = {}
        self._documents: dict[str, Value] = {}
        self._gaps: list[Gap] = []
        self._source_agrees: dict[str, bool] = {}
        self._changed: dict[str, dict[str, Any]] = {}
        self.blocks: Mapping[str, HclInstance] = {}
        """Address -> the instance as the source declares it; empty without source."""
        self.providers = PlanProviders(document, self._instances)

    def configuration(self, source: SourceTree | None) -> Configuration:
        """All instances, and gaps for entries that could not be read."""
        damaged = self._changes()
        instances = [self._instance(change) for change in self._changed.values()]
        result = Configuration(root=self._root, source="plan", instances=[*instances], gaps=self._gaps, files=1)
        result.account = self.providers.own_account()
        result.several_providers = len(self.providers.of_aws) > 1
        result.unchanged = unchanged(self._document, self._changed)
        moved = ((address, text(entry.get("previous_address"))) for address, entry in self._changed.items())
        result.previous = {address: (before,) for address, before in moved if before and before != address}
        if source is not None and instances:
            known = KnownValues(self._document, self._changed, self._pending)
            found = source.join(result, instances, read=known.read, values=known.value, given=known.variables())
            self.blocks = found
        if damaged:
            reason = f"{damaged} entries of `resource_changes` have no address, type, name or change"
            result.gaps.append(Gap(GapKind.FILE, self._root, reason, location=self._location))
        unfinished = self._why_incomplete()
        if unfinished is not None:
            hint = "make a plan of everything that ends without errors, and scan that"
            result.gaps.append(Gap(GapKind.FILE, self._root, unfinished, hint, location=self._location))
            missing = Unknown(unfinished, Cause.NOT_IN_SCOPE)
            result.given_to_unread = {instance.address: missing for instance in instances}
        return result

    def source_has_changed(self, attribute: str, expression: Any, block: HclInstance) -> bool:
        """Whether the source differs from that of the plan in an argument of a block; if it does, a gap is added."""
        subject = f"{without_keys(block.address)}.{attribute}"
        if subject not in self._source_agrees:
            self._source_agrees[subject] = agrees(expression, attribute, block)
            if not self._source_agrees[subject]:
                reason = "the source has changed since the plan was made: what the plan does not know stays unknown"
                place = block.locate(attribute) or block.location
                self._gaps.append(
                    Gap(GapKind.SOURCE, subject, reason, "make the plan again", incomplete=False, location=place)
                )
        return not self._source_agrees[subject]

    def _why_incomplete(self) -> str | None:
        """Why the plan does not hold all resources; None where it does."""
        if self._document.get("errored") is True:
            return "the plan is partial: making it ended with an error"
        if self._document.get("complete") is False:
            return "the plan is partial: it was limited to some resources, or some had to be deferred"
        return None

    def _changes(self) -> int:
        """Collect the instances that exist after the plan. Returns the number of damaged entries."""
        damaged = 0
        listed = self._document.get("resource_changes")
        entries = listed if isinstance(listed, list) else []
        named = {text(table(entry).get("address")) for entry in entries}
        for entry in (*entries, *self._planned(named)):
            change = table(table(entry).get("change"))
            actions = change.get("actions")
            if not isinstance(entry, dict) or not isinstance(actions, list) or not _is_named(entry):
                damaged += 1
            elif entry.get("mode") == "data":
                self._instances.add_pending(entry["address"])
                self._pending[entry["address"]] = entry
            elif not _is_deposed(entry) and isinstance(change.get("after"), dict) and not _is_removed(actions):
                self._changed[entry["address"]] = entry
                module = text(entry.get("module_address"))
                self._instances.add(entry["address"], module, change["after"], change.get("after_unknown"))
        return damaged

    def _planned(self, named: set[str]) -> list[dict[str, Any]]:
        """The entries of `planned_values` without a change, in the shape of changes: the document may be shortened.

        They have no marks of unknown parts: unknown is an argument that the configuration writes and that has no value.
        A plan that only refreshes has neither changes nor planned values: all its resources are in its state.
        """
        entries = []
        values = table(self._document.get("planned_values"))
        if "resource_changes" not in self._document and not table(values.get("root_module")):
            values = table(table(self._document.get("prior_state")).get("values"))
        modules = [("", table(values.get("root_module")))]
        while modules:
            address, module = modules.pop()
            for entry in objects(module.get("resources")):
                if entry.get("address") in named:
                    continue
                values = table(entry.get("values"))
                found = {**entry, "module_address": address}
                missing = {key: True for key in self._written(found) if key not in values}
                change = {"actions": ["no-op"], "after": values, "after_unknown": missing}
                found["change"] = {**change, "after_sensitive": entry.get("sensitive_values")}
                entries.append(found)
            modules += [(text(child.get("address")), child) for child in objects(module.get("child_modules"))]
        return entries

    def _written(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        module = self._instances.module(text(entry.get("module_address")))
        return table(module.resource(_block_name(entry)).get("expressions"))

    def _instance(self, entry: dict[str, Any]) -> RecordedInstance:
        module = self._instances.module(text(entry.get("module_address")))
        resource = _PlannedResource(self, module, entry)
        return RecordedInstance(
            address=entry["address"],
            type=entry["type"],
            name=entry["name"],
            module=module.address,
            location=self._location,
            region=resource.region(),
            place=resource.place(),
            decode=resource.get,
            written=resource.arguments(),
            after_apply=resource.is_known_after_apply,
        )

    def follow(self, expression: Any, context: ReferenceContext) -> Found:
        """The targets of the names in an expression, from one place in the configuration."""
        found = self._instances.follow(expression, context)
        if len(found.data) == len(found.unfollowed) == 1 and not found.targets:
            found.document = self._document_at(*next(iter(found.data)))
        return found

    def _document_at(self, address: str, attribute: str) -> Value:
        """The policy document of a data source that is read during apply; None for other data sources."""
        entry = self._pending[address]
        is_text = attribute in ("", "json", "minified_json")
        if text(entry.get("type")) != "aws_iam_policy_document" or not is_text:
            return None
        if address not in self._documents:
            self._documents[address] = Unknown(f"{address} is made from itself", Cause.EXPRESSION)
            after = entry["change"].get("after")
            module = self._instances.module(text(entry.get("module_address")))
            if isinstance(after, dict):
                self._documents[address] = self._evaluated_document(address, _PlannedResource(self, module, entry))
        return self._documents[address]

    def _evaluated_document(self, address: str, source: _PlannedResource) -> Value:
        """The policy document of a data source; unknown where it is larger than a scan evaluates."""
        try:
            return policy_document(source)
        except LIMITS as error:
            reason = str(error) or "nested too deeply"
            self._gaps.append(Gap(GapKind.LIMIT, address, reason, location=self._location))
            return Unknown(reason, Cause.LIMIT)


class _PlannedResource:
    """The arguments of one entry of `resource_changes`."""

    __slots__ = (
        "_address",
        "_after",
        "_configured",
        "_context",
        "_expressions",
        "_plan",
        "_sensitive",
        "_unknown",
        "provider",
    )

    def __init__(self, plan: _Plan, module: PlannedModule, entry: Mapping[str, Any]) -> None:
        configuration = module.resource(_block_name(entry))
        change = entry["change"]
        repeated_over = table(configuration.get("for_each_expression")).get("references")
        names = (
            tuple(name for name in repeated_over if isinstance(name, str)) if isinstance(repeated_over, list) else ()
        )
        self._plan = plan
        self._configured = bool(configuration)
        self._address = entry["address"]
        self._context = ReferenceContext(module, key_text(entry.get("index")), names)
        self._expressions = table(configuration.get("expressions"))
        self._after = change["after"]
        self._unknown = change.get("after_unknown")
        self._sensitive = change.get("after_sensitive")
        self.provider = text(configuration.get("provider_config_key"))

    def get(self, attribute: str) -> Value:
        """The value of a top-level argument."""
        if attribute == "tags_all":
            return self._all_tags()
        return self._own(attribute)

    def arguments(self) -> tuple[str, ...]:
        """The arguments that the configuration writes, without nested blocks."""
        return tuple(name for name, written in self._expressions.items() if is_argument(written))

    def is_known_after_apply(self, name: str) -> bool:
        """Whether the plan says only "known after apply" of the whole argument."""
        return table(self._unknown).get(name) is True

    def written(self, name: str) -> Value:
        """See `policy_documents.DocumentSource`."""
        return self._own(name)

    def region(self) -> Value:
        """The region of the resource: its own, else its provider's."""
        own = self._own("region")
        return own if own is not None else self._plan.providers.region(self.provider)

    def place(self) -> Place:
        """The account and region of the resource."""
        place, own = self._plan.providers.place(self.provider), self._own("region")
        return place if own is None else place.in_region(own)

    def _own(self, attribute: str) -> Value:
        planned = Planned(self._after, self._unknown, self._sensitive).part(attribute)
        if planned.is_plain:
            chosen = not isinstance(planned.value, str) or self._is_chosen(self._expressions.get(attribute))
            return planned.value if chosen else Computed(planned.value)
        written = PlannedExpression(self._expressions.get(attribute, ABSENT))
        value = decoded(attribute, planned, written, partial(self._plan.follow, context=self._context))
        block = self._plan.blocks.get(self._address)
        if block is None or not any_marked(planned.unknown):
            return value
        if self._configured and self._plan.source_has_changed(attribute, written.expression, block):
            return value
        return completed(planned, value, block.get(attribute))

    def _is_chosen(self, expression: Any) -> bool:
        """Whether a text is written in the configuration or comes from a variable, not from a data source."""
        if expression is None or "constant_value" in table(expression):
            return expression is not None
        found = self._plan.follow(expression, self._context)
        return not (found.names_data_source or found.unfollowed)

    def _all_tags(self) -> Value:
        """The tags with the default ones of the provider; the plan has them unless one of them is unknown."""
        planned = self._own("tags_all")
        if planned is not None:
            return planned
        tags = self._own("tags")
        defaults = self._default_tags()
        if tags is None or defaults is None:
            return defaults if tags is None else tags
        if isinstance(tags, Unknown) or isinstance(defaults, Unknown):
            return first_unknown([tags, defaults])
        return {**table(defaults), **table(tags)}

    def _default_tags(self) -> Value:
        blocks = objects(self._plan.providers.arguments(self.provider).get("default_tags"))
        value = self._plan.providers.constant(blocks[0].get("tags")) if blocks else None
        return masked(value, sensitive=False)


def _is_named(entry: Mapping[str, Any]) -> bool:
    return all(text(entry.get(key)) for key in ("address", "type", "name"))


def _is_deposed(entry: Mapping[str, Any]) -> bool:
    """Whether an entry is a deposed object, the rest of a replaced one, by the marks of changes or states."""
    return entry.get("deposed") is not None or entry.get("deposed_key") is not None


def _is_removed(actions: list[Any]) -> bool:
    return bool(actions) and all(isinstance(action, str) and action in _GONE for action in actions)


def _block_name(entry: Mapping[str, Any]) -> str:
    name = f"{text(entry.get('type'))}.{text(entry.get('name'))}"
    return f"data.{name}" if entry.get("mode") == "data" else name
