"""Terraform's functions over values that may not be known.

`FUNCTIONS` holds all but ``try`` and ``can``, which decide whether their arguments are evaluated at all. A call gives a
value, an `Unknown` where an unknown argument decides the result, or raises `FunctionError` where Terraform would
refuse it.
"""

from __future__ import annotations

from . import collections, date_time, encoding, filesystem, hashing, network, numeric, strings, types
from .context import CallContext, Function
from .errors import FunctionError

FUNCTIONS: dict[str, Function] = {
    **collections.FUNCTIONS,
    **date_time.FUNCTIONS,
    **encoding.FUNCTIONS,
    **filesystem.FUNCTIONS,
    **hashing.FUNCTIONS,
    **network.FUNCTIONS,
    **numeric.FUNCTIONS,
    **strings.FUNCTIONS,
    **types.FUNCTIONS,
}

__all__ = ["FUNCTIONS", "CallContext", "Function", "FunctionError"]
