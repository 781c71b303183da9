"""Why an instance may or may not belong to another."""

from __future__ import annotations

from hipaa_guard.facts.values import Cause, Unknown
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.addresses import last_key
from hipaa_guard.terraform.blocks import ResourceInstance


@dataclass(frozen=True, slots=True)
class UncertainJoin:
    """An instance that may or may not point at another, and why that is not known."""

    instance: ResourceInstance
    unknown: Unknown


def why_uncertain(main: ResourceInstance, split: ResourceInstance) -> Unknown | None:
    """Why a split resource that points at a main one may still not belong to it; None where it certainly does.

    The instance ``[?]`` stands for any number. Two of them belong together where both are counted in the same way.
    """
    if split.uncertain is None and "[?]" not in main.address:
        return None
    open_main = "[?]" in _beyond(main, split.module)
    open_split = "[?]" in _beyond(split, main.module)
    shared = "[?]" in split.address and not open_split
    if (shared or split.uncertain is None) and not open_main:
        return None
    if open_main and open_split and _counted_alike(main, split):
        return None
    if open_split or split.uncertain is not None:
        why = "the number of its instances is not known" if split.uncertain is None else split.uncertain.reason
        return Unknown(f"{split.address} may not exist: {why}", Cause.EXPANSION, references=(split.address,))
    reason = f"{split.address} may be for another instance than {main.address}"
    return Unknown(reason, Cause.EXPANSION, references=(split.address,))


def _beyond(instance: ResourceInstance, module: str) -> str:
    """The address below a module; the whole address where the instance is not in it."""
    inside = not module or instance.module == module or instance.module.startswith(module + ".")
    return instance.address[len(module) :] if inside else instance.address


def _counted_alike(main: ResourceInstance, split: ResourceInstance) -> bool:
    """Whether both, in one module, have the same count or for_each expression, or one is repeated over the other."""
    if main.module != split.module or last_key(main.address) != "[?]" or last_key(split.address) != "[?]":
        return False
    expansion = getattr(split, "expansion", None)  # only source has the expression
    return bool(expansion) and expansion in (getattr(main, "expansion", None), f"{main.type}.{main.name}")
