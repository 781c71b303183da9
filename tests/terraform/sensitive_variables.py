"""Sensitive variables and values, and a tree that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SECRET = "hunter2-{}"
"""What is planted; the number tells the place."""
DECLARED = f"""
variable "s" {{
  sensitive = true
  default   = "{SECRET.format(0)}"
}}
variable "m" {{
  sensitive = true
  default   = {{ text = "{SECRET.format(0)}", on = true, list = ["{SECRET.format(0)}"] }}
}}
variable "on" {{
  sensitive = true
  default   = false
}}
variable "e" {{
  ephemeral = true
  default   = "{SECRET.format(0)}"
}}
"""


def files(directory: Path, written: Mapping[str, str]) -> None:
    """Files of a tree."""
    for name, text in written.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
