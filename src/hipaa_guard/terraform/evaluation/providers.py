"""Provider configurations: the one that a resource uses, with its region and default tags."""

from __future__ import annotations

from typing import Any

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.places import Place, configured_place
from hipaa_guard.facts.values import Cause, PartialText, Unknown, Value
from hipaa_guard.terraform.evaluation.enclosing_module import EnclosingModule
from hipaa_guard.terraform.hcl.arguments import valued
from hipaa_guard.terraform.hcl.errors import FAILURES
from hipaa_guard.terraform.hcl.nodes import GetAttribute, Literal, MapExpression, MapKey, Node, Root
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock

_NOT_EVALUATED: Any = object()
_CHOSEN = "the provider of this resource is chosen by an expression"


class Provider:
    """One provider block in one module instance. ``block`` is None where the configuration is not known."""

    __slots__ = ("_default_tags", "_place", "_region", "block", "key", "module")

    def __init__(
        self, module: EnclosingModule, block: HclBlock | None, why: str = _CHOSEN, key: str | None = None
    ) -> None:
        self.module = module
        self.block = block
        self.key = key
        self._place: Place | None = None
        # Arguments are evaluated when they are first read: they may lead back to a resource of this provider.
        self._region = self._default_tags = _NOT_EVALUATED if block is not None else Unknown(why, Cause.EXPRESSION)

    @property
    def region(self) -> Value:
        """Its region; None where none is written."""
        if self._region is _NOT_EVALUATED:
            self._region = self._argument(self.block, "region")
        return self._region

    @property
    def place(self) -> Place:
        """The account and region that it makes resources in."""
        if self._place is None:
            if self.block is None:
                self._place = Place(self.key, None, None, self.region)
            else:
                self._place = configured_place(self.key, self.region, self._chosen, self._roles)
        return self._place

    @property
    def default_tags(self) -> Value:
        """The tags that every resource of this provider gets; None where there are none."""
        if self._default_tags is _NOT_EVALUATED:
            block = None if self.block is None else next(self.block.nested("default_tags"), None)
            self._default_tags = self._argument(block, "tags")
        return self._default_tags

    def _chosen(self, name: str) -> Value:
        """An argument that chooses the account: a credential that is not known is its expression, see `_comparable`."""
        value = self._argument(self.block, name)
        return value if name == "allowed_account_ids" else self._comparable(value, self.block, name)

    def _comparable(self, value: Value, block: HclBlock | None, name: str) -> Value:
        """A text for an unknown value that is equal where it is written alike in one module: then the values are equal.

        It begins with what is known of the value.
        """
        if not isinstance(value, Unknown) or block is None or name not in block.attributes:
            return value
        known = value.prefix if isinstance(value, PartialText) else ""
        return f"{known}\0{self.module.address}\0{block.attributes[name].text}"

    def _roles(self, name: str) -> list[Value]:
        """The ARNs of the roles in the nested blocks of a name, or in the attribute of the awscc provider."""
        assert self.block is not None
        arns: list[Value] = [
            self._comparable(self._argument(role, "role_arn"), role, "role_arn") for role in self.block.nested(name)
        ]
        if any(block.type == "dynamic" and block.labels == (name,) for block in self.block.blocks):
            arns = [Unknown("whether the provider takes on a role is not evaluated", Cause.EXPRESSION)]
        written = self._argument(self.block, name)
        if written is not None:
            arn = written.get("role_arn") if isinstance(written, dict) else written
            arns.append(self._comparable(arn, self.block, name))
        return arns

    def _argument(self, block: HclBlock | None, name: str) -> Value:
        argument = None if block is None else block.attributes.get(name)
        return None if argument is None else valued(argument, self.module.scope, self.module.calls)


def find_provider(
    module: EnclosingModule, block: HclBlock, known: dict[tuple[str, str | None], Provider | None]
) -> Provider | None:
    """The provider of a resource: the one that it names, else the default one for the prefix of its type."""
    named = block.attributes.get("provider")
    name, alias = block.labels[0].split("_", 1)[0], None
    if named is not None:
        try:
            found = _name_of(named.node)
        except FAILURES:
            found = None
        if found is None:
            return Provider(module, None)
        name, alias = found
    key = (name, alias)
    if key not in known:
        known[key] = _configured(module, name, alias)
        if known[key] is None and alias is not None:
            known[key] = _lacking(module, named, f"{name}.{alias}")
    return known[key]


def _lacking(module: EnclosingModule, named: Attribute | None, called: str) -> Provider:
    """The unknown provider for an alias without a configuration. Reported unless a caller may pass it to the module."""
    given = any(called in block.source.text[block.start : block.end] for block in module.module.settings)
    if named is not None and not (given and module.parent is None) and not module.module.unread_blocks:
        location = named.location(module.calls)
        reason = "no provider of this name is configured"
        module.session.report(
            GapKind.EXPRESSION, f"provider {called[:120]}", reason, incomplete=False, location=location
        )
    return Provider(module, None, f"the provider {called} is not configured here", _key(module, called))


def _key(module: EnclosingModule, called: str) -> str:
    """The key of a provider configuration: its name with the module instance that it stands in."""
    return f"{module.address}:{called}"


def _configured(module: EnclosingModule, name: str, alias: str | None) -> Provider | None:
    """The block of that name and alias: in this module or, through ``providers`` of the call, in the calling one."""
    for block in module.module.providers:
        if block.labels[:1] == (name,) and _alias_of(module, block) == alias:
            return Provider(module, block, key=_key(module, name if alias is None else f"{name}.{alias}"))
    parent = module.parent
    if parent is None or module.block is None:
        return None
    mapping = module.block.attributes.get("providers")
    if mapping is not None:
        try:
            node = mapping.node
        except FAILURES:
            return Provider(module, None)
        for key, value in node.items if isinstance(node, MapExpression) else ():
            if _name_of(key) == (name, alias):
                target = _name_of(value)
                if target is None:
                    return Provider(module, None)
                found = _configured(parent, *target)
                return (
                    found
                    if found is not None or target[1] is None
                    else _lacking(parent, mapping, f"{target[0]}.{target[1]}")
                )
    return _configured(parent, name, None) if alias is None else None


def _alias_of(module: EnclosingModule, block: HclBlock) -> str | None:
    alias = block.attributes.get("alias")
    if alias is None:
        return None
    value = valued(alias, module.scope, module.calls)
    return value if isinstance(value, str) else ""


def _name_of(node: Node) -> tuple[str, str | None] | None:
    """``aws`` or ``aws.west``, also as a string; None for anything else."""
    if isinstance(node, MapKey):
        node = node.node
    if isinstance(node, Literal) and isinstance(node.value, str):
        name, _, alias = node.value.partition(".")
        return name, alias or None
    if isinstance(node, Root):
        return node.name, None
    if isinstance(node, GetAttribute) and isinstance(node.source, Root):
        return node.source.name, node.name
    return None
