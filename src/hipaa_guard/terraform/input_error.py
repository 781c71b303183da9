"""The error of all readers that ends a scan, in a sentence for the user."""

from __future__ import annotations


class TerraformInputError(Exception):
    """What was given cannot be scanned. The text is one sentence that says what to do next."""
