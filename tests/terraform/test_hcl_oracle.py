"""Terraform itself as the oracle: the same expressions, evaluated by ``terraform console`` and by us."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hipaa_guard.terraform.source import read_directory

TERRAFORM = shutil.which("terraform")

DECLARATIONS = r"""
variable "s" { default = "abc" }
variable "n" { default = 5 }
variable "l" { default = ["x", "y", "z"] }
variable "m" { default = { b = 2, a = 1 } }
variable "nul" { default = null }
variable "o" {
  type = object({ a = string, b = optional(number, 7), c = optional(list(string), ["d"]), d = optional(object({e = optional(bool, true)}), {}) })
  default = { a = 1, zzz = 4, d = {} }
}
variable "st" {
  type = set(string)
  default = ["z", "a", "a"]
}
variable "mn" {
  type = map(number)
  default = { x = "1", y = 2 }
}
variable "t" {
  type = tuple([string, number])
  default = [1, "2"]
}
locals {
  h1 = <<EOT
 a
   b ${var.s}
  EOT
  h2 = <<-EOT
    a
      b ${var.s}

    %{ for x in var.l ~}
    - ${x}
    %{ endfor ~}
    end $${no} %%{no}
  EOT
  h3 = <<-EOT
    %{ if var.n > 3 }
    big
    %{ else }
    small
    %{ endif }
  ${var.s} x
  EOT
  h4 = <<-EOT
    ${~ var.s ~}

    tail
  EOT
  objs = [{ n = "a", v = [1, 2] }, { n = "b", v = [3] }]
}
"""

EXPRESSIONS = r"""
local.h1
local.h2
local.h3
local.h4
var.o
var.st
var.mn
var.t
1 + 2 * 3 - 4 / 2 % 3
-3 % 2
7 / 2
"5" + 1
10 - -3
!true || false && true
true ? 1 : false ? 2 : 3
false ? 1 : false ? 2 : 3
var.n > 3 && var.n <= 5
1 == 1.0
"1" == 1
true == "true"
null == null
[1, 2] == [1, 2]
{a = 1} == {a = 1}
var.l[1]
var.l.1
var.l["0"]
var.m["b"]
var.m.a
local.objs[*].n
local.objs.*.n
local.objs[*].v[0]
local.objs.*.v[0]
local.objs[*].v[*]
flatten(local.objs[*].v)
var.nul[*]
var.s[*]
[for x in var.l : upper(x)]
[for i, x in var.l : "${i}-${x}"]
[for k, v in var.m : "${k}=${v}"]
[for k, v in var.st : "${k}=${v}"]
{for k, v in var.m : v => k}
{for x in local.objs : x.n => x.v}
{for i, x in ["a", "b", "a"] : x => i...}
[for x in var.l : x if x != "y"]
"${var.n}"
"${var.n} ${true} ${1.5}"
"a${var.s}b%{ if var.n == 5 }yes%{ else }no%{ endif }"
"%{ for i, x in var.l }${i}${x} %{ endfor }"
"a ${~ var.s ~} b"
"\u00e9\t\"\\ $${x} %%{y} $ % $x"
"é${var.s}ü"
{ "a b" = 1, c : 2, (var.s) = 3, "${var.s}x" = 4, true = 1, null = 2 }
try(var.m.zzz, "no")
try(var.l[9], var.m.q, 3)
can(var.m.zzz)
can(var.m.a)
1e3
1.5e-3
0.1 + 0.2
100000000000000000000
1e21
12345678901234567890 + 1
"${1e21}"
"${0.1}"
merge(var.m, { c = 3 })
concat(var.l, ["w"])
lookup(var.m, "q", 9)
length(var.st)
tolist(var.st)[0]
var.nul == null ? "n" : "v"
[1, 2, 3][var.n - 4]
(1 + 2) * 3
{ a = 1 }["a"]
[[1, 2], [3]][0][1]
coalesce(var.nul, "d")
max([1, 5, 3]...)
format("%s-%03d", "a", 7)
jsonencode({ z = 1, a = [true, null, "x<y"] })
{ for k in ["a", "b"] : k => { x = k, y = [for z in [1, 2] : z * 2] } }
[for o in local.objs : [for v in o.v : "${o.n}${v}"]]
cidrsubnet("10.0.0.0/16", 8, 2)
replace("a.b.c", ".", "-")
"${"nested ${"deep ${var.s}"}"}"
var.n == 5 ? [1] : []
var.n == 5 ? "x" : null
true ? 1 : "a"
toset(["b", "a"])
zipmap(["a", "b"], [1, 2])
setproduct(["a", "b"], [1, 2])
var.n != 5
1 < 2 == true
1 < 2 && 3 >= 3
-var.n
- 5 + 3
"""


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
def test_known_expressions_have_the_value_that_terraform_gives_them(tmp_path: Path) -> None:
    expressions = [line for line in EXPRESSIONS.strip().splitlines() if line]
    (tmp_path / "main.tf").write_text(DECLARATIONS)
    question = f"jsonencode([{', '.join(f'jsonencode({one})' for one in expressions)}])\n"
    answer = subprocess.run(
        [str(TERRAFORM), "console"],
        input=question,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
    )
    wanted = json.loads(json.loads(answer.stdout))
    lines = "\n".join(f"  e{number} = jsonencode({one})" for number, one in enumerate(expressions))
    (tmp_path / "it.tf").write_text(f'resource "test_a" "it" {{\n{lines}\n}}\n')
    (it,) = read_directory(tmp_path)[0].instances
    differences = {
        one: (it.get(f"e{number}"), want)
        for number, (one, want) in enumerate(zip(expressions, wanted, strict=True))
        if it.get(f"e{number}") != want
    }
    assert not differences
