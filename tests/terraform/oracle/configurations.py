"""Cases of whole small configurations: instances, keys, modules and what they hand to each other."""

from __future__ import annotations

from random import Random

from tests.terraform.oracle.cases import Case
from tests.terraform.oracle.generator import Generator
from tests.terraform.oracle.grammar.branches import BRANCHES
from tests.terraform.oracle.grammar.leaves import LEAVES, UNKNOWN_LEAVES

_MULTIPLES = (
    "",
    "  count = ‹number+x=number›\n",
    "  count = ‹bool› ? 1 : 0\n",
    "  count = length(‹texts›)\n",
    "  count = ‹small›\n",
    "  for_each = toset(‹texts›)\n",
    "  for_each = ‹set›\n",
    "  for_each = ‹mapping›\n",
    "  for_each = ‹labels›\n",
    "  for_each = local.tree\n",
    "  for_each = { for r in local.rows : r.n => r }\n",
    "  for_each = { for k, v in ‹labels› : k => v if ‹bool+v=text› }\n",
    "  for_each = ‹bool› ? ‹labels› : {}\n",
    "  for_each = ‹bool› ? toset(‹texts›) : toset([])\n",
    "  for_each = { for i, x in ‹texts› : i => x }\n",
    "  for_each = toset([for x in ‹texts› : ‹text+x=text›])\n",
    "  for_each = merge(‹labels›, { q = ‹text› })\n",
    "  for_each = local.‹LOCAL›\n",
)
_INPUTS = {
    "": ("‹any›", "{ a = ‹text›, b = local.‹LOCAL› }", "‹texts›"),
    "count": (
        "count.index",
        '"n${count.index}-${‹text›}"',
        "{ i = count.index, v = ‹numbers›[count.index] }",
        "[for i in range(count.index) : i]",
    ),
    "for_each": (
        "each.value",
        "{ k = each.key, v = each.value }",
        '"${each.key}:${‹text›}"',
        "[each.key, ‹any›]",
        "try(each.value.n, each.key)",
    ),
}
_READ = {
    "": ("terraform_data.‹RESOURCE›.input", "terraform_data.‹RESOURCE›.output"),
    "count": (
        "terraform_data.‹RESOURCE›[*].input",
        "length(terraform_data.‹RESOURCE›)",
        "try(terraform_data.‹RESOURCE›[0].input, null)",
        "[for r in terraform_data.‹RESOURCE› : r.input]",
    ),
    "for_each": (
        "{ for k, r in terraform_data.‹RESOURCE› : k => r.input }",
        "keys(terraform_data.‹RESOURCE›)",
        "values(terraform_data.‹RESOURCE›)[*].input",
        'try(terraform_data.‹RESOURCE›["a"].output, "none")',
        "length(terraform_data.‹RESOURCE›) > 1",
    ),
}


def configurations(seed: int, count: int) -> list[Case]:
    """Resources with count and for_each, locals, and modules in modules."""
    random = Random(f"configurations {seed}")
    return [_Configuration(random, f"c{number}").case() for number in range(count)]


class _Configuration:
    def __init__(self, random: Random, name: str) -> None:
        self.random = random
        self.name = name
        leaves = UNKNOWN_LEAVES if random.random() < 0.3 else LEAVES
        self.generator = Generator(random, leaves, BRANCHES, mischief=0.01)

    def case(self) -> Case:
        name = self.name
        text = f"locals {{\n  {name}_l = {self.filled(self.random.choice(('‹texts›', '‹labels›', '‹set›', '‹mapping›', '‹object›')))}\n}}\n"
        how, first = self.resource(f"{name}_a", self.random.choice(_MULTIPLES))
        text += first
        reads = self.random.choice(_READ[how]).replace("‹RESOURCE›", f"{name}_a")
        text += f'resource "terraform_data" "{name}_b" {{\n  input = {reads}\n}}\n'
        files = {f"{name}.tf": text}
        if self.random.random() < 0.6:
            files[f"{name}.tf"] += self.calls(reads)
            files |= self.modules()
        return Case(name, "configurations", files)

    def filled(self, production: str) -> str:
        return self.generator.filled(production.replace("‹LOCAL›", f"{self.name}_l"), self.random.choice((0, 1, 1)))

    def resource(self, label: str, multiple: str) -> tuple[str, str]:
        how = multiple.strip().partition(" ")[0]
        value = self.random.choice(_INPUTS[how])
        return (
            how,
            f'resource "terraform_data" "{label}" {{\n{self.filled(multiple)}  input = {self.filled(value)}\n}}\n',
        )

    def calls(self, given: str) -> str:
        name = self.name
        multiple = self.random.choice(_MULTIPLES)
        how = multiple.strip().partition(" ")[0]
        given = self.random.choice(
            (given, self.filled("‹any›"), {"": '"x"', "count": "count.index", "for_each": "each.value"}[how])
        )
        output = {
            "": f"module.{name}.out",
            "count": f"module.{name}[*].out",
            "for_each": f"{{ for k, m in module.{name} : k => m.out }}",
        }[how]
        call = f'module "{name}" {{\n  source = "./{name}_m"\n{self.filled(multiple)}  v = {given}\n}}\n'
        return f'{call}resource "terraform_data" "{name}_c" {{\n  input = {output}\n}}\n'

    def modules(self) -> dict[str, str]:
        name = self.name
        kind = self.random.choice(("any", "any", "string", "list(any)", "map(string)"))
        each = self.random.choice(
            (
                'toset(["p", "q"])',
                "try(toset(var.v), toset([]))",
                "{ k = var.v }",
                "try({ for k, v in var.v : k => v }, {})",
            )
        )
        outer = (
            f'variable "v" {{ type = {kind} }}\nvariable "d" {{ default = 3 }}\n'
            f'module "inner" {{\n  source = "./inner"\n  v = [var.v, var.d]\n}}\n'
            f'resource "terraform_data" "{name}_m" {{\n  for_each = {each}\n  input = {{ k = each.key, v = each.value, m = path.module }}\n}}\n'
            f'output "out" {{\n  value = {{ mine = keys(terraform_data.{name}_m), inner = module.inner.out }}\n}}\n'
        )
        inner = (
            'variable "v" {\n  type = any\n  nullable = false\n}\nlocals { first = try(var.v[0].a, var.v[0]) }\n'
            f'resource "terraform_data" "{name}_i" {{\n  count = length(var.v)\n  input = var.v[count.index]\n}}\n'
            f'output "out" {{ value = [local.first, terraform_data.{name}_i[1].input] }}\n'
        )
        return {f"{name}_m/main.tf": outer, f"{name}_m/inner/main.tf": inner}
