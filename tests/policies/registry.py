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


def modules() -> Iterator[ModuleType]:
    """The modules of the folder of tables, and of the folders in it."""
    for found in pkgutil.walk_packages(tests.policies.__path__, f"{tests.policies.__name__}."):
        if not found.name.rpartition(".")[2].startswith(_ABOUT_ALL):
            yield importlib.import_module(found.name)


_ABOUT_ALL = ("test_every_", "test_derived_")
"""Modules that look at all tables, and hold none."""


@functools.cache
def registry() -> tuple[Case, ...]:
    """Every case of every table."""
    return tuple(case for module in modules() for case in cases_in(module))


def cases_of(control: Control) -> list[Case]:
    """The cases of a control."""
    return [case for case in registry() if case.control == control.id]
