"""Errors of function calls."""

from __future__ import annotations


class FunctionError(Exception):
    """Terraform would refuse the call: wrong number or type of arguments, an index out of range, bad syntax."""


class FunctionLimitReached(Exception):  # noqa: N818 - the call becomes an unknown value, never an error
    """The call is allowed, but its result or its cost is larger than a scan may spend on it."""
