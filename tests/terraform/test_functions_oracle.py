"""Every function against Terraform itself.

`functions_recorded.tsv` holds expressions and what ``terraform console`` answered: JSON, or ``!`` where it refused. Our
functions must give the same; where a ``terraform`` is at hand, so must it. After adding expressions (a line without an
answer), record them:

    python tests/terraform/test_functions_oracle.py
"""

from __future__ import annotations

import base64
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.values import Unknown
from hipaa_guard.terraform.functions import FUNCTIONS, FunctionError

RECORDED = Path(__file__).with_name("functions_recorded.tsv")
TERRAFORM = shutil.which("terraform")
REFUSED = "!"
LONGEST_QUESTION = 20_000

FILES = {
    "files/a.txt": b"hello\n",
    "files/b.md": b"# b\n",
    "files/.hidden": b"",
    "files/binary": b"\xff\xfe",
    "files/greeting.tpl": b"Hi ${name}\n",
    "files/deep/er/c.txt": b"caf\xc3\xa9",
}

NOT_THE_SAME = {
    'base64gzip("hi")': "compressed bytes depend on the compressor",
    'pathexpand("~/x")': "the home directory belongs to whoever runs Terraform",
    'element(["a","b"],-1)': "1.11 crashes on tuples; ours counts from the end as on lists",
    'cidrsubnet("10.0.0.0/16",-1,0)': "a negative number of bits is not documented",
    'cidrsubnet("10.0.0.0/16",8,-1)': "a negative number is not documented, the answer is no subnet of the prefix",
    'timeadd("9999-12-31T23:59:59Z","1h")': "no dates after the year 9999",
    'format("%v",null)': "an untyped null is unknown to Terraform; ours are all untyped",
    "issensitive(1)": "the mark is not followed",
    "issensitive(sensitive(1))": "the mark is not followed",
    "tostring(-0.0)": "no negative zero",
    'format("%v",-0.0)': "no negative zero",
    'cidrhost("::ffff:1.2.3.4/120",1)': "Terraform's answer is no address",
    'cidrsubnet("::ffff:0:0/96",8,1)': "Terraform's answer is no part of the network",
    'regex("\\\\B","é")': "RE2 finds \\\\B between the bytes of one character too; on such texts it is not evaluated",
    'regex("\\\\p{Letter}","a")': "newer versions of Terraform know more names of properties; not evaluated",
    'fileset("files","*.{txt,{md,tpl}}")': "Terraform misreads choices within choices",
}


class Here:
    """The context of a call: a directory, and templates of plain ``${name}``."""

    def __init__(self, directory: Path) -> None:
        self.root = self.module_dir = directory

    def template(self, text: str, variables: dict[str, Any]) -> str:
        if missing := set(re.findall(r"\$\{(\w+)\}", text)) - set(variables):
            raise FunctionError(f"no variable {missing}")
        return re.sub(r"\$\{(\w+)\}", lambda found: str(variables[found[1]]), text)


class Expression:
    """Calls, literals, lists and objects of the Terraform language: all that the recorded expressions need."""

    TOKEN = re.compile(
        r'\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\.\.\.|[\[\]{}(),=:]))'
    )

    def __init__(self, text: str, context: Here) -> None:
        self.tokens = [next(filter(None, found.groups())) for found in self.TOKEN.finditer(text)]
        self.context = context

    def value(self) -> Any:
        token = self.tokens.pop(0)
        if token == "[":
            return self.several("]")
        if token == "{":
            return dict(self.pairs())
        if token[0] == '"':
            return json.loads(token)
        if token[0] in "-0123456789":
            number = Decimal(token)
            return int(number) if number == number.to_integral_value() else float(number)
        if token in ("true", "false", "null"):
            return json.loads(token)
        assert self.tokens.pop(0) == "(", token
        return FUNCTIONS[token](self.several(")"), self.context)

    def several(self, end: str) -> list[Any]:
        values: list[Any] = []
        while self.tokens[0] != end:
            values.append(self.value())
            if self.tokens[0] == "...":
                self.tokens.pop(0)
                values.extend(values.pop())
            if self.tokens[0] == ",":
                self.tokens.pop(0)
        self.tokens.pop(0)
        return values

    def pairs(self) -> Any:
        while self.tokens[0] != "}":
            key = self.tokens.pop(0)
            assert self.tokens.pop(0) in "=:"
            yield (json.loads(key) if key[0] == '"' else key), self.value()
            if self.tokens[0] == ",":
                self.tokens.pop(0)
        self.tokens.pop(0)


def recorded() -> list[tuple[str, str]]:
    lines = RECORDED.read_text(encoding="utf-8").split("\n")
    pairs = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return [(expression, answer) for expression, _, answer in pairs]


def ask(expressions: list[str], directory: Path) -> list[str]:
    """Terraform's answers, many to a question. One that it refuses spoils the question, so that is asked by halves."""
    if not expressions:
        return []
    if sum(map(len, expressions)) < LONGEST_QUESTION:
        answers = ask_at_once(expressions, directory)
        if answers is not None:
            return answers
        if len(expressions) == 1:
            return [REFUSED]
    middle = len(expressions) // 2
    return ask(expressions[:middle], directory) + ask(expressions[middle:], directory)


def ask_at_once(expressions: list[str], directory: Path) -> list[str] | None:
    question = ", ".join(f"jsonencode({expression})" for expression in expressions)
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "HOME": str(directory)}
    assert TERRAFORM is not None
    run = subprocess.run(
        [TERRAFORM, "console"],
        input=f"base64encode(jsonencode([{question}]))\n",
        capture_output=True,
        text=True,
        cwd=directory,
        env=environment,
        check=False,
    )
    if run.returncode or not run.stdout.startswith('"'):
        return None
    answers: list[str] = json.loads(base64.b64decode(run.stdout))
    return answers


def lay_out(directory: Path) -> Path:
    for name, content in FILES.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return directory


def ours(expression: str, context: Here) -> Any:
    try:
        return Expression(expression, context).value()
    except FunctionError:
        return REFUSED


def same(mine: Any, terraforms: Any) -> bool:
    """Equal, where numbers may differ beyond the fifteenth digit: Terraform's have 150."""
    if isinstance(mine, bool) or isinstance(terraforms, bool) or type(mine) is str:
        return mine is terraforms or (type(terraforms) is str and bool(mine == terraforms))
    if isinstance(mine, int | float) and isinstance(terraforms, int | float):
        return mine == terraforms or math.isclose(mine, terraforms, rel_tol=1e-15)
    if isinstance(mine, list) and isinstance(terraforms, list):
        return len(mine) == len(terraforms) and all(map(same, mine, terraforms))
    if isinstance(mine, dict) and isinstance(terraforms, dict):
        return mine.keys() == terraforms.keys() and all(same(mine[key], terraforms[key]) for key in mine)
    return mine is None and terraforms is None


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("terraform"))


@pytest.mark.parametrize(("expression", "answer"), recorded())
def test_a_function_gives_what_terraform_gives(expression: str, answer: str, directory: Path) -> None:
    mine = ours(expression, Here(directory))
    if answer == REFUSED:
        assert mine == REFUSED
    else:
        assert not isinstance(mine, Unknown), mine
        assert same(mine, json.loads(answer))


@pytest.mark.parametrize("expression", NOT_THE_SAME)
def test_a_known_difference_gives_no_value_that_is_wrong(expression: str, directory: Path) -> None:
    assert NOT_THE_SAME[expression]
    assert expression not in dict(recorded())
    ours(expression, Here(directory))


def test_every_function_has_recorded_expressions() -> None:
    unevaluated = {"base64gzip", "bcrypt", "issensitive", "plantimestamp", "rsadecrypt", "timestamp", "uuid", "abspath"}
    text = RECORDED.read_text(encoding="utf-8")
    assert {name for name in FUNCTIONS if f"{name}(" not in text} <= unevaluated | {"templatestring"}


@pytest.mark.skipif(TERRAFORM is None, reason="no terraform on PATH to confirm the recorded answers")
def test_terraform_still_gives_the_recorded_answers(directory: Path) -> None:
    accepted = [pair for pair in recorded() if pair[1] != REFUSED]
    answers = ask([expression for expression, _ in accepted], directory)
    assert dict(zip(dict(accepted), answers, strict=True)) == dict(accepted)


@pytest.mark.skipif(TERRAFORM is None, reason="no terraform on PATH to confirm the functions")
def test_terraform_has_no_other_functions(directory: Path) -> None:
    assert TERRAFORM is not None
    run = subprocess.run(
        [TERRAFORM, "metadata", "functions", "-json"], capture_output=True, text=True, cwd=directory, check=True
    )
    names = {name for name in json.loads(run.stdout)["function_signatures"] if "::" not in name}
    assert names - {"try", "can"} == set(FUNCTIONS)


def record() -> None:
    """Ask Terraform for every answer that is missing."""
    lines = RECORDED.read_text(encoding="utf-8").split("\n")
    missing = [line for line in lines if line and not line.startswith("#") and "\t" not in line]
    with tempfile.TemporaryDirectory() as scratch:
        answers = dict(zip(missing, ask(missing, lay_out(Path(scratch))), strict=True))
    text = "\n".join(f"{line}\t{answers[line]}" if line in answers else line for line in lines)
    RECORDED.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(missing)} recorded\n")


if __name__ == "__main__":
    record()
