"""A resource of Terraform as text."""

from __future__ import annotations


def resource(address: str, body: str) -> str:
    """A resource of a kind and name."""
    kind, _, name = address.partition(".")
    return f'resource "{kind}" "{name}" {{\n{body}\n}}\n'
