"""The examples of the documentation of policies of one's own are true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from hipaa_guard.authoring import LOW
from hipaa_guard.controls.facts_read import wanted_facts
from hipaa_guard.controls.loading import load
from hipaa_guard.services import ebs
from tests.controls.own_policies.running import ROOT

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_example_of_the_documentation_is_true(tmp_path: Path) -> None:
    ran = 0
    for language, text in _BLOCK.findall((ROOT / "docs" / "own-policies.md").read_text()):
        first, _, rest = text.partition("\n")
        if language == "sh":
            command = first.removeprefix("$ hipaa-guard ").split()
            told = subprocess.run(
                [sys.executable, "-m", "hipaa_guard", *command, *(["-q"] if command[0] == "scan" else [])],
                capture_output=True,
                text=True,
                check=False,
                cwd=tmp_path,
            )
            assert told.stdout + told.stderr == rest
            ran += 1
        elif first.startswith("# ") and language in ("python", "hcl"):
            (tmp_path / first[2:]).parent.mkdir(exist_ok=True)
            (tmp_path / first[2:]).write_text(text)
    assert ran == 4
    assert "own_ehr_logs_kept_ten_years" in (tmp_path / "comment.md").read_text()


def test_the_judgements_of_the_documentation_declare_controls(tmp_path: Path) -> None:
    blocks = _BLOCK.findall((ROOT / "docs" / "own-policies.md").read_text())
    shared, own = (text for language, text in blocks if language == "python" and "judg" in text)
    (tmp_path / "own_proxies.py").write_text(shared)
    applied = """

@owned(title="Volumes have an owner", fix=Fix(note="Name one."))
def own_volume_owned(volume: ebs.Volume) -> str | None:
    return volume.origin.account
"""
    head = "from hipaa_guard.authoring import Fix\nfrom hipaa_guard.services import ebs\n"
    (tmp_path / "own_owners.py").write_text(f"{head}{own}{applied}")
    controls = {control.id: control for control in load([tmp_path])}
    proxy, volume = controls["own_ehr_proxy_tls"], controls["own_volume_owned"]
    assert proxy.severity is controls["rds_proxy_tls_required"].severity
    assert proxy.why.startswith("The handbook of our hospital")
    assert wanted_facts([proxy]) == {proxy.kind: {"tls_required"}}
    assert (volume.severity, volume.kind) == (LOW, ebs.Volume)
