"""The source that a plan or state was made from: it adds lines, comments and expressions.

The source is evaluated with the instances and the known values of the plan. So both have the same addresses, and an
expression of the source has the value that Terraform would give it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.addresses import key_value, last_key, module_steps, without_keys
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.evaluation.resources import HclInstance
from hipaa_guard.terraform.hcl.scope import NOT_RECORDED, Budget
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.module import Module
from hipaa_guard.terraform.modules.module_lookup import ModuleLookup
from hipaa_guard.terraform.modules.moved_blocks import former_addresses
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.modules.roots import boundary_of, directories
from hipaa_guard.terraform.recorded.instances import RecordedInstance
from hipaa_guard.terraform.source import RootValues, VariableFileError, evaluated

_NAMED = 5
"""Maximum number of resources without a block that a message names."""

_REPORTED_KINDS = frozenset({GapKind.FILE, GapKind.MODULE, GapKind.DUPLICATE})
"""Gaps of the source that are reported. Others concern values, which come from the plan."""

Values = Callable[[str, str], Value]
"""The value of an attribute (second) of the instance at an address (first), or `NOT_RECORDED`."""


@dataclass(frozen=True, slots=True)
class SourceTree:
    """A directory with the root module of a plan or state, in it or below it."""

    directory: Path
    inputs: PlanInputs = field(default_factory=PlanInputs)

    def join(
        self,
        configuration: Configuration,
        instances: Sequence[RecordedInstance],
        *,
        read: Iterable[str] = (),
        values: Values = lambda *_: NOT_RECORDED,
        given: Mapping[str, Value] = {},
    ) -> dict[str, HclInstance]:
        """Give instances their blocks. The result has the blocks by the addresses of their instances.

        ``read`` are the addresses of data sources, ``given`` the values of root variables that the plan holds.

        Raises:
            TerraformInputError: no module in the directory fits the instances, or several do.

        """
        library, root = self._root(configuration.root, instances)
        record = _Record([*(instance.address for instance in instances), *read], values)
        try:
            own = RootValues(self.inputs, given)
            undeclared = own.undeclared([root])
            found = evaluated(root, library, Budget(), own, record)
        except VariableFileError as error:
            raise TerraformInputError(str(error)) from None
        blocks = {block.address: block for block in found.walk()}
        gaps = [gap for gap in found.session.gaps if gap.kind in _REPORTED_KINDS]
        configuration.gaps += [Gap(gap.kind, gap.subject, gap.reason, gap.hint, False, gap.location) for gap in gaps]
        configuration.gaps += [*undeclared, *self._gap_for_unplaced(_place(instances, blocks))]
        for address, former in former_addresses((each.address for each in instances), found.moves()).items():
            known = configuration.previous.get(address, ())
            configuration.previous[address] = tuple(dict.fromkeys((*known, *former)))
        configuration.root = root.path
        configuration.files += sum(used.files for used in found.modules_used())
        return blocks

    def _gap_for_unplaced(self, missing: Sequence[str]) -> Iterator[Gap]:
        if missing:
            more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
            named = ", ".join(missing[:_NAMED]) + more
            reason = f"{len(missing):,} of the resources have no block in the source: {named}"
            hint = "give the source as it was when the plan was made; `terraform init` makes modules available"
            yield Gap(GapKind.SOURCE, str(self.directory), reason, hint, incomplete=False)

    # --- the root module -----------------------------------------------------------------------------------------

    def _root(self, root: str, instances: Sequence[RecordedInstance]) -> tuple[ModuleLookup, Module]:
        """The root module that declares the instances: the directory itself, if it declares all of them."""
        if not self.directory.is_dir():
            raise TerraformInputError(f"--source {self.directory} is no directory: give the one with the root module")
        if not os.access(self.directory, os.R_OK | os.X_OK):
            raise TerraformInputError(f"--source {self.directory} cannot be read: permission denied")
        base = self.directory.resolve()
        library = ModuleLookup(base, boundary_of(base))
        heads = {_head(instance) for instance in instances}
        here = library.module(base)
        if here.files and _declared(here, heads) == len(heads):
            return library, here
        modules = [library.module(directory) for directory in directories(base, [])]
        best = max((_declared(module, heads) for module in modules), default=0)
        fitting = [module for module in modules if _declared(module, heads) == best]
        if not best:
            some = ", ".join(sorted({instance.address for instance in instances})[:2])
            raise TerraformInputError(
                f"--source {self.directory} does not hold the source of {root}: no module there declares {some}"
            )
        if len(fitting) > 1 and here not in fitting:
            places = ", ".join(module.path for module in fitting[:_NAMED])
            raise TerraformInputError(
                f"--source {self.directory} holds several modules that {root} may be of ({places}): give one of them"
            )
        return library, here if here in fitting else fitting[0]


class _Record:
    """The keys and values of a plan or state for the evaluator (`scope.RecordedValues`)."""

    def __init__(self, addresses: Iterable[str], values: Values) -> None:
        self.value = values
        self._keys: dict[str, dict[int | str, None]] = {}
        self._modules: set[str] = set()
        for address in addresses:
            self._enter(address)
            module = "".join(f"module.{name}{key}." for name, key in module_steps(address))
            if module not in self._modules:
                self._modules.add(module)
                path = ""
                for name, key in module_steps(module):
                    path = f"{path}.module.{name}{key}".removeprefix(".")
                    self._enter(path)

    def _enter(self, address: str) -> None:
        text = last_key(address)
        key = key_value(text)
        if key is not None:
            self._keys.setdefault(address[: -len(text)], {})[key] = None

    def keys(self, block: str) -> Sequence[int | str]:
        """See `RecordedValues`."""
        return list(self._keys.get(block, ()))


def _place(instances: Sequence[RecordedInstance], blocks: Mapping[str, HclInstance]) -> list[str]:
    """Give instances the lines of their blocks. Returns the addresses of instances without a block."""
    by_block: dict[str, HclInstance] = {}
    for address, block in blocks.items():
        by_block.setdefault(without_keys(address), block)
    missing = []
    for instance in instances:
        found = blocks.get(instance.address) or by_block.get(without_keys(instance.address))
        if found is None:
            missing.append(instance.address)
            continue
        instance.declaration = found
        instance.location = found.location
        if isinstance(instance.region, Unknown):
            instance.region = found.region
        if instance.place is None:
            instance.place = found.place
        elif instance.place.credentials is None:  # the plan may have looked up the account
            instance.place = replace(found.place, account=found.place.account or instance.place.account)
    return missing


def _head(instance: RecordedInstance) -> tuple[str, ...]:
    """The block of the root module that leads to an instance: a module call, or the resource itself."""
    steps = module_steps(instance.module)
    return (steps[0][0],) if steps else (instance.type, instance.name)


def _declared(module: Module, heads: Iterable[tuple[str, ...]]) -> int:
    return sum(head[0] in module.calls if len(head) == 1 else ("resource", *head) in module.resources for head in heads)
