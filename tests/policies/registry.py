"""All controls and all cases of all tables, found by folder."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import tests.policies
from hipaa_guard.controls.control import Control
from hipaa_guard.testing import Case, all_controls, cases_in

CONTROLS = sorted(all_controls().values(), key=lambda control: control.id)


def modules(start: str = "test_") -> Iterator[ModuleType]:
    """The modules of the folders of services, and of those that join several, whose name begins so."""
    for found in pkgutil.walk_packages(tests.policies.__path__, f"{tests.policies.__name__}."):
        name = found.name.rpartition(".")[2]
        if name.startswith(start) and name not in _ABOUT_ALL:
            yield importlib.import_module(found.name)


_ABOUT_ALL = ("test_every_policy", "test_derived_unknown", "test_awscc_twins")
"""Modules that look at all tables, and hold none."""


@functools.cache
def registry() -> tuple[Case, ...]:
    """Every case of every table."""
    return tuple(case for module in modules() for case in cases_in(module))


def cases_of(control: Control) -> list[Case]:
    """The cases of a control."""
    return [case for case in registry() if case.control == control.id]
