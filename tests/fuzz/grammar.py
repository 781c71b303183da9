"""Terraform written at random, from the provider's schema: mostly well-formed, often absurd."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from hipaa_guard.controls.loading import load
from hipaa_guard.facts.resource import Resource
from hipaa_guard.terraform.functions import FUNCTIONS

REFERENCE = Path(__file__).parents[1] / "reference"
OPERATORS = ["+", "-", "*", "/", "%", "&&", "||", "==", "!=", "<", "<=", ">", ">="]
ODD_TEXTS = [
    "", " ", "*", "true", "false", "null", "0", "-1", "1e400", "0.0.0.0/0", "::/0", "10.0.0.0/33", "arn:aws:s3:::phi",
    "arn:", "{}", "[]", '{"Statement": 5}', "Enabled", "aws:kms", "${", "%{", "$${x}", "\\u202e\\u0007", "ü𝒳", "a/../b",
    "alias/aws/s3", "443", "65536", "phi", "sse", "TLSv1.2", "Suspended", "awscc_", ".", "..", "[?]", "module.a",
]  # fmt: skip
ODD_NUMBERS = ["0", "1", "-1", "1.5", "22", "65535", "1e999999999", "9" * 40, "1e-400", "0x10", "00"]

Attributes = dict[str, str]
"""The arguments of a type: kind (``string``, ``block``, ``list of string``) by path."""


@cache
def schema() -> dict[str, Attributes]:
    """The arguments of each resource type that some kind is read from."""
    load()
    wanted = {type for kind in _kinds(Resource) for type in kind.terraform_types()} | {"aws_iam_policy_document"}
    found: dict[str, Attributes] = {}
    with gzip.open(REFERENCE / "terraform_aws_schema.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                type, path, kind, _ = line.rstrip("\n").split("\t")
                if type in wanted:
                    found.setdefault(type, {})[path] = kind
    return found


def _kinds(kind: type[Resource]) -> list[type[Resource]]:
    return [kind, *(below for one in kind.__subclasses__() for below in _kinds(one))]


def quoted(text: str) -> str:
    """A text as HCL writes it; escapes in it stay as they are."""
    return '"' + text.replace('"', '\\"') + '"'


class Writer:
    """Writes one module. ``types`` are the resource types that it holds; each has one resource, ``r0``, ``r1``..."""

    def __init__(self, random: Random, types: list[str]) -> None:
        self.random = random
        self.types = types
        self.own = ["var.a", "var.b", "var.unset", "local.a", "local.b", "path.module", "terraform.workspace"]

    def module(self, calls: str = "") -> str:
        """A whole file."""
        blocks = [self.resource(number, type) for number, type in enumerate(self.types)]
        blocks += [
            (
                f'variable "a" {{\n  default = {self.literal()}\n}}\nvariable "b" {{\n  type = {self.type()}\n'
                f'  default = {self.literal()}\n}}\nvariable "unset" {{}}\n'
            ),
            f"locals {{\n  a = {self.expression(3)}\n  b = {self.expression(2)}\n}}\n",
            f'output "o" {{\n  value = {self.expression(2)}\n}}\n{calls}',
        ]
        self.random.shuffle(blocks)
        return "".join(blocks)

    def resource(self, number: int, type: str) -> str:
        """One block, perhaps with count or for_each."""
        lines = []
        names = [*self.own]
        match self.random.randrange(6):
            case 0:
                lines.append(f"count = {self.expression(2)}")
                names.append("count.index")
            case 1:
                lines.append(f"for_each = {self.expression(2)}")
                names += ["each.key", "each.value"]
        inside = Writer(self.random, self.types)
        inside.own = names
        lines += inside.body(schema().get(type, {}), "", 0)
        mode = "data" if type == "aws_iam_policy_document" else "resource"
        return f'{mode} "{type}" "r{number}" {{\n' + "\n".join(lines) + "\n}\n"

    def body(self, attributes: Attributes, prefix: str, depth: int) -> list[str]:
        """Arguments and blocks below a path, a random part of them."""
        lines: list[str] = []
        own = [path for path in attributes if path.startswith(prefix) and "." not in path[len(prefix) :]]
        for path in self.random.sample(own, min(len(own), self.random.randrange(8))):
            name, kind = path[len(prefix) :], attributes[path]
            if kind not in ("block", "blocks"):
                lines.append(f"{name} = {self.of_kind(name, kind)}")
            elif depth < 4:
                for _ in range(self.random.choice([1, 1, 2])):
                    lines += self._block(name, attributes, f"{path}.", depth)
        return lines

    def _block(self, name: str, attributes: Attributes, prefix: str, depth: int) -> list[str]:
        inner = Writer(self.random, self.types)
        if self.random.random() < 0.3:
            iterator = self.random.choice([name, "it"])
            inner.own = [*self.own, f"{iterator}.value", f"{iterator}.key"]
            body = inner.body(attributes, prefix, depth + 1)
            head = [f'dynamic "{name}" {{', f"for_each = {self.expression(2)}", f"iterator = {iterator}", "content {"]
            return [*head, *body, "}", "}"]
        inner.own = self.own
        return [f"{name} {{", *inner.body(attributes, prefix, depth + 1), "}"]

    def of_kind(self, name: str, kind: str) -> str:
        """An expression that mostly suits an argument."""
        chance = self.random.random()
        if chance < 0.25:
            return self.expression(3)
        if chance < 0.3:
            return "null"
        if kind == "bool":
            return self.random.choice(["true", "false", '"true"', "var.unset", "var.a"])
        if kind == "number":
            return self.random.choice([*ODD_NUMBERS[:6], '"1"', "var.unset"])
        if name.endswith(("policy", "json", "document")):
            return f"jsonencode({self.value(policy(self.random, self.text))})"
        if kind.startswith(("list", "set")):
            return f"[{', '.join(self.text_expression() for _ in range(self.random.randrange(3)))}]"
        if kind.startswith("map"):
            return f"{{ {quoted(self.text())} = {self.text_expression()} }}"
        return self.text_expression()

    def text(self) -> str:
        """A text, often one that controls look for."""
        return self.random.choice(ODD_TEXTS)

    def text_expression(self) -> str:
        """A text, a reference or a template."""
        return self.random.choice([quoted(self.text()), self.reference(), f'"x${{{self.reference()}}}y"'])

    def reference(self) -> str:
        """Something that has a value elsewhere."""
        if not self.types or self.random.random() < 0.5:
            return self.random.choice(self.own)
        number = self.random.randrange(len(self.types))
        type = self.types[number]
        mode = "data." if type == "aws_iam_policy_document" else ""
        key = self.random.choice(["", "", "", "[0]", "[*]", '["a"]', "[each.key]", "[count.index]"])
        last = self.random.choice(["id", "arn", "name", "json", *list(schema().get(type, {"id": ""}))[:20]])
        return f"{mode}{type}.r{number}{key}.{last}"

    def literal(self) -> str:
        """A value without names."""
        return self.random.choice(
            [
                "true",
                "false",
                "null",
                "[]",
                "{}",
                '["a", "b"]',
                '{ a = 1, b = "x" }',
                "[{ a = [1] }]",
                quoted(self.text()),
                self.random.choice(ODD_NUMBERS),
                'toset(["a", "b"])',
            ]
        )

    def type(self) -> str:
        """The type of a variable."""
        return self.random.choice(
            [
                "string",
                "number",
                "bool",
                "any",
                "list(string)",
                "set(string)",
                "map(any)",
                "object({ a = number })",
                "tuple([string])",
                "object({ a = optional(list(string), []) })",
                "nonsense",
                "list()",
            ]
        )

    def expression(self, depth: int) -> str:
        """Any expression."""
        if depth <= 0:
            return self.random.choice([self.literal, self.reference])()
        return self.random.choice(_FORMS)(self, depth - 1)

    def value(self, value: Any) -> str:
        """A JSON value as an expression, with references in the place of some of its texts."""
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{quoted(key)} = {self.value(inner)}" for key, inner in value.items()) + " }"
        if isinstance(value, list):
            return f"[{', '.join(map(self.value, value))}]"
        if isinstance(value, str):
            return self.text_expression() if self.random.random() < 0.2 else quoted(value)
        return json.dumps(value)


Form = Callable[[Writer, int], str]


def _call(writer: Writer, depth: int) -> str:
    name = writer.random.choice([*FUNCTIONS, "try", "can", "nonsense", "provider::aws::arn_parse"])
    arguments = [writer.expression(depth) for _ in range(writer.random.randrange(4))]
    return f"{name}({', '.join(arguments)}{writer.random.choice(['', '', '', '...']) if arguments else ''})"


_FORMS: list[Form] = [
    _call,
    _call,
    _call,
    lambda w, _: w.expression(0),
    lambda w, _: w.reference(),
    lambda w, d: f"({w.expression(d)} {w.random.choice(OPERATORS)} {w.expression(d)})",
    lambda w, d: f"({w.expression(d)} ? {w.expression(d)} : {w.expression(d)})",
    lambda w, d: f"{w.random.choice('!-')}{w.expression(d)}",
    lambda w, d: f'"a${{{w.expression(d)}}}b"',
    lambda w, d: f'"%{{ if {w.expression(d)} }}x%{{ else }}{w.random.choice(["", "y"])}%{{ endif }}"',
    lambda w, d: f'"%{{ for v in {w.expression(d)} }}${{v}}%{{ endfor }}"',
    lambda w, d: f"[{w.expression(d)}, {w.expression(d)}]",
    lambda w, d: f"{{ a = {w.expression(d)}, (var.a) = {w.expression(d)} }}",
    lambda w, d: f"[for k, v in {w.expression(d)} : v if {w.expression(d)}]",
    lambda w, d: f"{{ for k, v in {w.expression(d)} : k => v }}",
    lambda w, d: f"{{ for v in {w.expression(d)} : v => v... }}",
    lambda w, d: f"{w.expression(d)}{w.random.choice(['[0]', '.a', '[*]', '.*.a', '[*].a[0]', '[var.unset]'])}",
]


def policy(random: Random, text: Callable[[], str]) -> Any:
    """A policy document, more or less."""
    statement = {
        "Effect": random.choice(["Allow", "Deny", "allow", 5]),
        "Action": random.choice(["*", "s3:*", ["kms:Decrypt", text()], None]),
        "Resource": random.choice(["*", text(), [text()]]),
        random.choice(["Principal", "NotPrincipal", "principal"]): random.choice(["*", {"AWS": ["*", text()]}, text()]),
        "Condition": random.choice(
            [
                {"Bool": {"aws:SecureTransport": random.choice(["false", False, [text()]])}},
                {text(): {text(): text()}},
                7,
            ]
        ),
    }
    for key in random.sample(list(statement), random.randrange(3)):
        del statement[key]
    return {
        "Version": random.choice(["2012-10-17", "2008-10-17", 1]),
        "Statement": random.choice([[statement], statement, [], 3]),
    }
