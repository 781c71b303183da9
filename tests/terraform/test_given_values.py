"""What the user and the files give: values of variables in Terraform's order, and the workspace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.read import read
from hipaa_guard.terraform.source import VariableFileError, read_directory

TERRAFORM = shutil.which("terraform")

NAMES = "abcdefghijk"
FILES = {
    "main.tf": "".join(f'variable "{name}" {{\n default = "default"\n}}\n' for name in NAMES)
    + f'resource "terraform_data" "it" {{\n input = [{", ".join(f"var.{name}" for name in NAMES)}]\n}}\n',
    "terraform.tfvars": "".join(f'{name} = "tfvars"\n' for name in NAMES[2:]),
    "terraform.tfvars.json": json.dumps(dict.fromkeys(NAMES[3:], "json")),
    "B.auto.tfvars": "".join(f'{name} = "B"\n' for name in NAMES[4:]),
    "a.auto.tfvars": "".join(f'{name} = "a"\n' for name in NAMES[5:]),
    "a.auto.tfvars.json": json.dumps(dict.fromkeys(NAMES[6:], "a.json")),
    "b.auto.tfvars": "".join(f'{name} = "b"\n' for name in NAMES[7:]),
    "one.values": "".join(f'{name} = "one"\n' for name in NAMES[8:]),
    "two.values": "".join(f'{name} = "two"\n' for name in NAMES[9:]),
}
ORDER = ["default", "environment", "tfvars", "json", "B", "a", "a.json", "b", "one", "two", "given"]


def write(directory: Path, files: Mapping[str, str]) -> None:
    """Files of a tree."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def value_of(found: Configuration, name: str = "v") -> Value:
    """An argument of the one resource."""
    return found.instances[0].get(name)


def test_values_come_in_terraforms_order(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    environment = dict.fromkeys(NAMES[1:], "environment")
    files = [tmp_path / "one.values", tmp_path / "two.values"]
    (found,) = read_directory(tmp_path, PlanInputs(var_files=files, variables={"k": "given"}, environment=environment))
    assert value_of(found, "input") == ORDER


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
def test_the_order_is_the_one_of_terraform_itself(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    environment = {**os.environ, **{f"TF_VAR_{name}": "environment" for name in NAMES[1:]}, "TF_IN_AUTOMATION": "1"}
    run = [str(TERRAFORM), f"-chdir={tmp_path}"]
    subprocess.run([*run, "init", "-backend=false"], check=True, capture_output=True, env=environment)
    plan = [*run, "plan", "-refresh=false", "-out=it.plan", "-var-file=one.values", "-var-file=two.values"]
    subprocess.run([*plan, "-var", "k=given"], check=True, capture_output=True, env=environment)
    shown = subprocess.run([*run, "show", "-json", "it.plan"], check=True, capture_output=True, env=environment)
    (planned,) = json.loads(shown.stdout)["planned_values"]["root_module"]["resources"]
    assert planned["values"]["input"] == ORDER


def test_the_environment_does_not_count_unless_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"main.tf": 'variable "v" {}\nresource "test_a" "it" {\n v = var.v\n}\n'})
    monkeypatch.setenv("TF_VAR_v", "hidden")
    monkeypatch.setenv("TF_WORKSPACE", "hidden")
    assert isinstance(value_of(read_directory(tmp_path)[0]), Unknown)
    assert value_of(read_directory(tmp_path, PlanInputs(environment={"v": "x", "of_something_else": "y"}))[0]) == "x"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", '["a"]', '["a"]'),
        ("list(string)", '["a", "b"]', ["a", "b"]),
        ("set(number)", "[1, 1]", [1]),
        ("map(string)", "{ a = 1 }", {"a": "1"}),
        ("object({ on = bool, n = optional(number, 3) })", '{ on = "true" }', {"on": True, "n": 3}),
        ("tuple([string, bool])", "[1, true]", ["1", True]),
        ("bool", "true", True),
        ("number", "5", 5),
        ("any", "[1]", [1]),
        ("string", "null", "null"),
    ],
)
@pytest.mark.parametrize("how", ["variables", "environment"])
def test_texts_are_read_by_the_type_of_their_variable(
    tmp_path: Path, kind: str, text: str, value: Value, how: str
) -> None:
    write(tmp_path, {"main.tf": f'variable "v" {{\n type = {kind}\n}}\nresource "test_a" "it" {{\n v = var.v\n}}\n'})
    (found,) = read_directory(tmp_path, PlanInputs(**{how: {"v": text}}))  # type: ignore[arg-type]
    assert value_of(found) == value
    assert not found.gaps


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'\xef\xbb\xbfv = "x"\r\nw = "y"\r\n', "terraform.tfvars"),
        (b'v = "x"\r\n# a comment\r\n\r\nw = "y"', "it.auto.tfvars"),
        (b'\xef\xbb\xbf{"v": "x",\r\n "w": "y"}', "terraform.tfvars.json"),
    ],
)
def test_files_may_have_a_mark_and_any_ends_of_lines(tmp_path: Path, content: bytes, name: str) -> None:
    declared = 'variable "v" {}\nvariable "w" {}\nresource "test_a" "it" {\n v = "${var.v}${var.w}"\n}\n'
    write(tmp_path, {"main.tf": declared})
    (tmp_path / name).write_bytes(content)
    assert value_of(read_directory(tmp_path)[0]) == "xy"


def test_a_value_in_a_file_for_nobody_is_a_row(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'variable "name" {}\n', "terraform.tfvars": 'nmae = "x"\n', "more": 'other = "y"\n'})
    (found,) = read_directory(tmp_path, PlanInputs(var_files=[tmp_path / "more"]))
    gaps = [gap for gap in found.gaps if gap.kind is not GapKind.UNCALLED]
    assert [(gap.subject, gap.incomplete) for gap in gaps] == [("var.nmae", False), ("var.other", False)]
    assert str(gaps[0].location) == "terraform.tfvars:1"


def test_a_given_value_for_nobody_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'variable "name" {}\n'})
    with pytest.raises(VariableFileError, match="nmae"):
        read_directory(tmp_path, PlanInputs(variables={"nmae": "x"}))


def test_a_given_value_may_be_for_a_root_that_was_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'resource "test_a" "it" {\n'})
    (found,) = read_directory(tmp_path, PlanInputs(variables={"name": "x"}))
    assert "var.name" in [gap.subject for gap in found.gaps]


def test_one_value_serves_the_roots_that_declare_it(tmp_path: Path) -> None:
    asks = 'variable "v" {}\nresource "test_a" "it" {\n v = var.v\n}\n'
    write(tmp_path, {"one/main.tf": asks, "two/main.tf": 'resource "test_a" "it" {}\n'})
    one, two = read_directory(tmp_path, PlanInputs(variables={"v": "x"}))
    assert value_of(one) == "x"
    assert not one.gaps
    assert not two.gaps


WORKSPACE = 'resource "test_a" "it" {\n v = terraform.workspace == "prod" ? 1 : 2\n}\n'


def test_the_workspace_is_what_is_given(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": WORKSPACE})
    assert value_of(read_directory(tmp_path, PlanInputs(workspace="prod"))[0]) == 1
    assert value_of(read_directory(tmp_path, PlanInputs(workspace="default"))[0]) == 2


def test_the_workspace_is_not_known_whatever_terraform_left_behind(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": WORKSPACE, ".terraform/environment": "prod"})
    value = value_of(read_directory(tmp_path)[0])
    assert isinstance(value, Unknown)
    assert value.cause is Cause.WORKSPACE
    assert "--workspace" in value.reason


@pytest.mark.parametrize("name", ["", "a/b", "a b", "ä"])
def test_a_workspace_has_a_name_that_terraform_takes(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"main.tf": WORKSPACE})
    with pytest.raises(TerraformInputError, match="workspace"):
        read(tmp_path, PlanInputs(workspace=name))
