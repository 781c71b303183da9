"""Plans and states that Terraform itself has made, with their source beside them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hipaa_guard.facts.values import Cause
from hipaa_guard.terraform.read import read
from tests.terraform.source_tree.beside import one, write

TERRAFORM = shutil.which("terraform")


# --- Terraform itself ------------------------------------------------------------------------------------------------

LIVE = """
variable "secret" {
  sensitive = true
  default   = "hunter2"
}
variable "given" {}
locals { made = terraform_data.a.id }
resource "terraform_data" "a" { input = "x" }
resource "terraform_data" "text" {
  input = jsonencode({ given = var.given, id = local.made })
}
resource "terraform_data" "list" {
  input = ["a", terraform_data.a.id, null]
}
resource "terraform_data" "secret" {
  input = "${var.secret}-${terraform_data.a.id}"
}
resource "terraform_data" "each" {
  for_each = toset(["a.b", "c\\"d", "e$${x}"])
  input    = "${terraform_data.a.id}-${each.key}"
}
"""


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not on this machine")
def test_real_plans_and_states(tmp_path: Path) -> None:
    """The format as we understand it is the one that Terraform writes."""
    tree = write(tmp_path / "source", {"main.tf": LIVE})
    _terraform(tree, "init", "-input=false")
    _terraform(tree, "plan", "-input=false", "-var", "given=g", "-out=tfplan")
    (tmp_path / "plan.json").write_text(_terraform(tree, "show", "-json", "tfplan"))
    (found,) = read(tmp_path / "plan.json", source=tree)
    assert found.gaps == []
    text = one(found, "terraform_data.text").get("input")
    assert (text.document["given"], text.document["id"].address) == ("g", "terraform_data.a")
    known, reference, null = one(found, "terraform_data.list").get("input")
    assert (known, reference.address, null) == ("a", "terraform_data.a", None)
    assert one(found, "terraform_data.secret").get("input").cause is Cause.SENSITIVE
    each = one(found, 'terraform_data.each["e$${x}"]').get("input")
    assert (each.parts[0].address, each.parts[1]) == ("terraform_data.a", "-e${x}")
    _terraform(tree, "apply", "-input=false", "tfplan")
    (tmp_path / "state.json").write_text(_terraform(tree, "show", "-json"))
    addresses = {one.address for one in found.instances}
    for state in (tmp_path / "state.json", tree / "terraform.tfstate"):
        (applied,) = read(state, source=tree)
        assert {one.address for one in applied.instances} == addresses
        assert one(applied, "terraform_data.secret").get("input").reason == "it is a sensitive value"
        assert one(applied, "terraform_data.text").location == one(found, "terraform_data.text").location
    _terraform(tree, "plan", "-input=false", "-var", "given=g", "-refresh-only", "-out=refresh")
    (tmp_path / "refresh.json").write_text(_terraform(tree, "show", "-json", "refresh"))
    assert {one.address for one in read(tmp_path / "refresh.json")[0].instances} == addresses


def _terraform(directory: Path, *arguments: str) -> str:
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(
        [TERRAFORM or "terraform", *arguments],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
