"""One case of the fuzz target: the files of a tree, or one document, and what is scanned of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from tests.fuzz.damage import damaged_bytes, damaged_document, damaged_text
from tests.fuzz.documents import SECRET, plan, raw_state, state
from tests.fuzz.grammar import Writer, schema

EXAMPLES = Path(__file__).parents[2] / "examples"

_PLANTED = f"""
variable "planted" {{
  type      = string
  sensitive = true
}}
resource "aws_db_instance" "planted" {{
  identifier = "planted"
  username   = "admin"
  password   = var.planted
}}
resource "aws_secretsmanager_secret_version" "planted" {{
  secret_id     = "planted"
  secret_string = "{SECRET}"
}}
resource "aws_lambda_function" "planted" {{
  function_name = "planted"
  environment {{
    variables = {{ DB_PASSWORD = "{SECRET}" }}
  }}
}}
resource "aws_instance" "planted" {{
  user_data = "export DB_PASSWORD={SECRET}"
}}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """Files by path, and the path that is scanned. ``planted``: secrets stand where nothing may show them."""

    files: Mapping[str, bytes]
    target: str = "."
    planted: bool = False

    def write(self, directory: Path) -> None:
        """The files on disk."""
        for name, data in self.files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def make(random: Random) -> Case:
    """A case. The same numbers give the same one."""
    return _document(random) if random.random() < 0.3 else _tree(random)


def _document(random: Random) -> Case:
    document = random.choice([plan, state, raw_state])(random)
    whole = random.random() < 0.3
    data = (json.dumps(document) if whole else damaged_document(random, document)).encode()
    if not whole and random.random() < 0.1:
        data = damaged_bytes(random, data)
    return Case({"document.json": data}, "document.json", planted=whole)


def _tree(random: Random) -> Case:
    files = dict(random.choice([_generated, _generated, _example])(random))
    for name in list(files):
        chance = random.random()
        if name.endswith(".json") and chance < 0.3:
            files[name] = _damaged_json(random, files[name])
        elif chance < 0.5:
            files[name] = damaged_text(random, files[name].decode("utf-8", "replace")).encode("utf-8", "replace")
        elif chance < 0.55:
            files[name] = damaged_bytes(random, files[name])
    files["planted.tf"] = _PLANTED.encode()
    files["planted.auto.tfvars"] = f'planted = "{SECRET}"\n'.encode()
    return Case(files, planted=True)


def _generated(random: Random) -> dict[str, bytes]:
    """One to four modules that call each other, and files of values."""
    files: dict[str, str] = {}
    number = random.randrange(1, 5)
    for module in range(number):
        types = random.choices(list(schema()), k=random.randrange(1, 6))
        writer = Writer(random, types)
        places = [".", *(f"m{other}" for other in range(1, number))]
        files[f"{places[module]}/main.tf"] = writer.module(_calls(random, writer, places, module))
    if random.random() < 0.5:
        files["terraform.tfvars"] = f"a = {Writer(random, []).literal()}\nunset = {Writer(random, []).literal()}\n"
    if random.random() < 0.3:
        files["more.auto.tfvars.json"] = json.dumps({"a": random.choice([1, [], {"x": None}, "${x}"])})
    if random.random() < 0.4:
        files["more.tf.json"] = json.dumps(_json_module(random))
    if random.random() < 0.3:
        files[".terraform/modules/modules.json"] = json.dumps(_manifest(random))
    return {name: text.encode("utf-8", "replace") for name, text in files.items()}


def _calls(random: Random, writer: Writer, places: list[str], module: int) -> str:
    text = ""
    up = "" if module == 0 else "../"
    for number in range(random.randrange(3)):
        source = random.choice([f"./{up}{random.choice(places)}", "registry/x/aws", "./nowhere", "./"])
        many = random.choice(["", "", f"count = {writer.expression(1)}\n", f"for_each = {writer.expression(1)}\n"])
        text += f'module "c{number}" {{\n  source = "{source}"\n  {many}  a = {writer.expression(2)}\n}}\n'
    return text


def _json_module(random: Random) -> dict[str, object]:
    type = random.choice(list(schema()))
    inside = {
        name: random.choice([True, "${var.a}", ["${local.a}"], {"a": 1}, [{}]]) for name in list(schema()[type])[:6]
    }
    return {"resource": {type: {"json": inside}}, "variable": {"j": {"default": None}}, "locals": {"j": "${var.j}"}}


def _manifest(random: Random) -> dict[str, object]:
    where = [".terraform/modules/x", "../..", "/etc", "m1", "", "."]
    return {"Modules": [{"Key": f"c{number}", "Source": "x", "Dir": random.choice(where)} for number in range(2)]}


def _example(random: Random) -> dict[str, bytes]:
    """One of the examples, or a part of it."""
    files = random.choice(_examples())
    kept = random.sample(list(files), random.randrange(max(1, len(files) // 2), len(files) + 1))
    return {name: files[name] for name in sorted(kept)}


@cache
def _examples() -> list[dict[str, bytes]]:
    roots = sorted(path for path in EXAMPLES.iterdir() if any(path.glob("*.tf")))
    return [
        {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(root.rglob("*.tf"))} for root in roots
    ]


def _damaged_json(random: Random, data: bytes) -> bytes:
    return damaged_document(random, json.loads(data)).encode()
