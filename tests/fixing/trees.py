"""Trees to repair, and what Terraform's own formatter says of texts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from hipaa_guard.fixing.fix import Fixed, fix_terraform

TERRAFORM = shutil.which("terraform")


def tree(directory: Path, text: str, name: str = "main.tf") -> Path:
    """A directory with one more file, written byte for byte."""
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return directory


def fixed_text(directory: Path, text: str, *controls: str) -> str:
    """The text of a file once the gaps of some controls are closed."""
    fixed = fix(tree(directory, text), *controls)
    return fixed.after.get(fixed.base / "main.tf", text.encode()).decode()


def fix(directory: Path, *controls: str) -> Fixed:
    return fix_terraform(directory, only=controls, exceptions=None)


def reasons(fixed: Fixed) -> list[str]:
    """Why gaps are left, each reason once."""
    return list(dict.fromkeys(reason for _, reason in fixed.left))


def formatted(*texts: str) -> list[str]:
    """Texts as ``terraform fmt`` writes them."""
    assert TERRAFORM is not None
    done = [
        subprocess.run([TERRAFORM, "fmt", "-"], input=text, capture_output=True, text=True, check=True)
        for text in texts
    ]
    return [each.stdout for each in done]
