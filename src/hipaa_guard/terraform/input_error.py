"""The error of all readers that ends a scan."""

from __future__ import annotations


class TerraformInputError(Exception):
    """The input cannot be scanned. The text is one sentence that says what to do next."""
