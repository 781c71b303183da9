"""Cases of type constraints: values that are converted to the type of a variable, of the root or of a called module."""

from __future__ import annotations

from random import Random

from tests.terraform.oracle.cases import Case

_PRIMITIVES = ("string", "number", "bool")
_LITERALS = {
    "string": ('"a"', '""', '"12"', '"true"', "5", "1.50", "true", '"e\\u0301"'),
    "number": ("1", "2.5", '"12"', '"1e3"', "-3", "1e21", '" 1"'),
    "bool": ("true", "false", '"true"', '"false"', '"1"', "1"),
    "any": ('"a"', "1", "true", "null", '[1, "a"]', "{ a = 1 }", "[]"),
}


def conversions(seed: int, count: int) -> list[Case]:
    """Values given to typed variables."""
    random = Random(f"conversions {seed}")
    return [_Typed(random).case(f"c{number}") for number in range(count)]


class _Typed:
    def __init__(self, random: Random) -> None:
        self.random = random

    def case(self, name: str) -> Case:
        kind = self.type(3)
        resource = f'resource "terraform_data" "{name}" {{\n  input = %s\n}}\n'
        if self.random.random() < 0.5:
            text = f'variable "{name}" {{\n  type = {kind}\n  default = {self.value(kind)}\n}}\n'
            return Case(name, "conversions", {f"{name}.tf": text + resource % self.used(f"var.{name}")})
        lines = [f"  type = {kind}", "  nullable = false", f"  default = {self.value(kind)}"]
        lines = lines[: self.random.choice((1, 3))]
        given = "null" if len(lines) == 3 else self.value(kind)
        called = f'module "{name}" {{\n  source = "./{name}_m"\n  v = {given}\n}}\n'
        inner = f'variable "v" {{\n{chr(10).join(lines)}\n}}\noutput "v" {{\n  value = var.v\n}}\n'
        files = {f"{name}.tf": called + resource % self.used(f"module.{name}.v"), f"{name}_m/main.tf": inner}
        return Case(name, "conversions", files)

    def used(self, variable: str) -> str:
        """The variable, or something that shows which type it has."""
        forms = (
            "%s",
            "%s",
            "%s",
            "[%s]",
            "jsonencode(%s)",
            "[for k, v in %s : { k = k, v = v }]",
            "try(length(%s), -1)",
        )
        return self.random.choice(forms) % variable

    def type(self, depth: int) -> str:
        random = self.random
        if depth == 0 or random.random() < 0.2:
            return random.choice((*_PRIMITIVES, *_PRIMITIVES, "any"))
        match random.choice(("list", "set", "map", "object", "object", "tuple")):
            case "object":
                names = random.sample(("a", "b", "c", "d"), random.choice((1, 2, 3)))
                return f"object({{ {', '.join(f'{name} = {self.attribute(depth - 1)}' for name in names)} }})"
            case "tuple":
                return f"tuple([{', '.join(self.type(depth - 1) for _ in range(random.choice((0, 1, 2))))}])"
            case other:
                return f"{other}({self.type(depth - 1)})"

    def attribute(self, depth: int) -> str:
        kind = self.type(depth)
        match self.random.choice(("required", "optional", "default")):
            case "optional":
                return f"optional({kind})"
            case "default":
                return f"optional({kind}, {self.value(kind)})"
            case _:
                return kind

    def value(self, kind: str) -> str:
        """A constant that mostly fits a type."""
        random = self.random
        if random.random() < 0.07:
            return "null"
        if random.random() < 0.03:
            kind = random.choice((*_PRIMITIVES, "list(string)", "map(number)"))
        name, _, inner = kind.partition("(")
        inner = inner[:-1]
        match name:
            case "list" | "set":
                return f"[{', '.join(self.value(inner) for _ in range(random.choice((0, 1, 2, 3))))}]"
            case "map":
                keys = random.sample(("a", "b", '"x y"', "z"), random.choice((0, 1, 2)))
                return f"{{ {', '.join(f'{key} = {self.value(inner)}' for key in keys)} }}"
            case "tuple":
                return f"[{', '.join(self.value(part) for part in _parts(inner[1:-1]))}]"
            case "object":
                return self.object(inner[1:-1])
            case "optional":
                return self.value(_parts(inner)[0])
            case _:
                return random.choice(_LITERALS[name])

    def object(self, attributes: str) -> str:
        pairs = []
        for attribute in _parts(attributes):
            name, _, kind = attribute.partition(" = ")
            if self.random.random() < (0.5 if kind.startswith("optional") else 0.97):
                pairs.append(f"{name} = {self.value(kind)}")
        if self.random.random() < 0.2:
            pairs.append("more = 1")
        return f"{{ {', '.join(pairs)} }}"


def _parts(text: str) -> list[str]:
    """The parts of a text between commas outside of brackets and quotes."""
    parts, depth, current, inside = [], 0, "", False
    for character in text:
        inside ^= character == '"'
        depth += 0 if inside else (character in "([{") - (character in ")]}")
        if character == "," and depth == 0 and not inside:
            parts.append(current.strip())
            current = ""
        else:
            current += character
    return [*parts, current.strip()] if current.strip() else parts
