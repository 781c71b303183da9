"""Trees to repair, and what Terraform's own formatter says of texts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
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


def fix(directory: Path, *controls: str, policies: Sequence[Path] = ()) -> Fixed:
    return fix_terraform(directory, only=controls, policies=policies, exceptions=None)


OWN = """
from hipaa_guard.authoring import LOW, Fix, Verdict, control, failed, passed
from hipaa_guard.services import SERVICE

@control(title="T", severity=LOW, hipaa=("164.312(b)",), why="W.", fix=Fix(ARGUMENTS))
def ID(resource: SERVICE.KIND) -> Verdict:
    return passed("is FACT") if resource.FACT else failed("is not FACT")
"""


def own_policy(directory: Path, id: str, kind: str, fact: str, fix: str) -> Path:
    """A directory with a control of one's own by which a fact of a kind is true, and the arguments of its fix."""
    service, _, name = kind.partition(".")
    text = OWN.replace("SERVICE", service).replace("KIND", name).replace("FACT", fact).replace("ID", id)
    return tree(directory, text.replace("ARGUMENTS", fix), f"{id}.py")


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
