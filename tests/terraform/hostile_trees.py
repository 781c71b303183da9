"""Hostile and broken trees: how each is made, and what a scan of it has to say."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hipaa_guard.facts.locations import GapKind

FILE, LIMIT, MODULE, DUPLICATE = GapKind.FILE, GapKind.LIMIT, GapKind.MODULE, GapKind.DUPLICATE
EXPRESSION = GapKind.EXPRESSION
CLEAN, USAGE, INCOMPLETE = 0, 2, 3
GOOD = 'resource "aws_sqs_queue" "phi" {\n  name = "phi"\n  sqs_managed_sse_enabled = true\n}\n'
Tree = Mapping[str, str | bytes | Callable[[Path], None]]


def named(expression: str) -> str:
    """A good queue with this name."""
    return GOOD.replace('"phi"\n', f"{expression}\n")


def multiplied(first: str, next_one: str, last: int) -> str:
    """Locals each of which is made of several of the one before."""
    lines = [f"  a0 = {first}", *(f"  a{n} = {next_one.replace('@', f'local.a{n - 1}')}" for n in range(1, last + 1))]
    return "locals {\n" + "\n".join(lines) + "\n}\n" + named(f"local.a{last}")


def calls(levels: int, many: str = "") -> dict[str, str | bytes | Callable[[Path], None]]:
    """Modules each of which calls the next one."""
    tree: dict[str, str | bytes | Callable[[Path], None]] = {
        f"m{n}/main.tf": f'module "m" {{\n  source = "../m{n + 1}"\n  {many}\n}}\n' for n in range(levels)
    }
    return tree | {f"m{levels}/main.tf": GOOD}


def link(target: str) -> Callable[[Path], None]:
    """A symbolic link."""
    return lambda path: path.symlink_to(target)


@dataclass(frozen=True)
class Hostile:
    """A tree, the row that it must give, and the exit code."""

    name: str
    tree: Tree
    kind: GapKind
    subject: str
    reason: str
    code: int = INCOMPLETE


REGISTRY = GOOD + 'module "m" {\n  source = "hashicorp/consul/aws"\n}\n'
CONFIG, TOKEN = ".git/config", 'a = "the-token-of-the-pipeline"\n'
MANIFEST = ".terraform/modules/modules.json"
DYNAMIC = 'dynamic "x" {\n  for_each = range(1000)\n  content {\n'
LARGE = 'join("", [for i in range(1000) : join("", [for j in range(64) : "0123456789abcdef"])])'
"""An expression of a million characters."""
SIZE = "more than 160 MiB of texts and elements"
SELF = 'module "%s" {\n  source = "./m"\n  v = module.%s.o\n}\n'
TABLE = [
    # files
    Hostile("a file that is too large", {"a.tf": GOOD, "b.tf": "#" * (5 * 2**20 + 1)}, FILE, "b.tf", "larger than 5 MiB"),
    Hostile("utf-16", {"a.tf": GOOD, "b.tf": GOOD.encode("utf-16")}, FILE, "b.tf", "UTF-16"),
    Hostile("utf-32", {"a.tf": GOOD, "b.tf": GOOD.encode("utf-32-le")}, FILE, "b.tf", "no text file"),
    Hostile("a binary file", {"a.tf": GOOD, "b.tf": b"\x7fELF\0"}, FILE, "b.tf", "no text file"),
    Hostile("latin-1", {"a.tf": GOOD, "b.tf": b"# \xff\n"}, FILE, "b.tf", "no UTF-8 text (byte 2)"),
    Hostile("a pipe", {"a.tf": GOOD, "b.tf": os.mkfifo}, FILE, "b.tf", "no regular file"),
    Hostile("a directory", {"a.tf": GOOD, "b.tf": Path.mkdir}, FILE, "b.tf", "no regular file"),
    Hostile("a loop of links", {"a.tf": GOOD, "b.tf": link("b.tf")}, FILE, "b.tf", "link"),
    Hostile("a link out of the tree", {"a.tf": GOOD, "b.tf": link("/etc/hostname")}, FILE, "b.tf", "out of the scanned tree"),
    Hostile("a link to git's configuration", {"a.tf": GOOD, "b.tf": link(CONFIG), CONFIG: TOKEN}, FILE, "b.tf", "git's own files"),
    Hostile("a link of values to git's configuration", {"a.tf": GOOD, "terraform.tfvars": link(CONFIG), CONFIG: TOKEN},
            FILE, "terraform.tfvars", "git's own files"),
    Hostile("a link to a device", {"a.tf": GOOD, "b.tf": link("/dev/zero")}, FILE, "b.tf", "out of the scanned tree"),
    Hostile("a source as long as no path", {"a.tf": GOOD + 'module "m" {\n  source = "' + "a" * 5000 + '"\n}\n'},
            MODULE, "module.m", "not in the scanned tree"),
    Hostile("nothing but a broken file", {"b.tf": "resource {"}, FILE, "b.tf", "syntax error in line 1"),
    Hostile("a broken file", {"a.tf": GOOD, "b.tf": "x = [\n"}, FILE, "b.tf", "syntax error in line"),
    Hostile("many broken blocks", {"a.tf": GOOD, "b.tf": "x {\n}\n" * 20_000}, LIMIT, "coverage", "more than 10,000 rows"),
    Hostile("blocks in blocks", {"a.tf": GOOD + 'resource "aws_sqs_queue" "d" {\n' + "x {\n" * 3000 + "}\n" * 3001},
            FILE, "a.tf", "nested more than 50 levels"),
    Hostile("200,000 brackets", {"a.tf": GOOD, "b.tf": f"locals {{\n  a = {'[' * 200_000}\n}}\n"}, FILE, "b.tf", "too deeply"),
    # .tf.json
    Hostile("deep json", {"a.tf": GOOD, "b.tf.json": '{"a":' * 100_000}, FILE, "b.tf.json", "nested more than 200"),
    Hostile("json that is none", {"a.tf": GOOD, "b.tf.json": '{"resource": '}, FILE, "b.tf.json", "no JSON"),
    Hostile("json of a wrong shape", {"a.tf": GOOD, "b.tf.json": '{"resource": [5]}'}, FILE, "b.tf.json", "a label is expected"),
    Hostile("json with a huge number", {"a.tf": GOOD, "b.tf.json": '{"locals": {"a": ' + "9" * 9999 + "}}"},
            FILE, "b.tf.json", "a value is expected"),
    Hostile("json with a double key", {"b.tf.json": json.dumps({"resource": {"aws_sqs_queue": {"phi": {}}}})[:-2]
            + ', "phi": {"sqs_managed_sse_enabled": true}}}}'}, FILE, "b.tf.json", "no JSON"),
    Hostile("a binary json", {"a.tf": GOOD, "b.tf.json": b"{\0"}, FILE, "b.tf.json", "no text file"),
    # variables
    Hostile("huge values", {"a.tf": GOOD, "terraform.tfvars": "#" * (6 * 2**20)}, FILE, "terraform.tfvars", "larger than"),
    Hostile("binary values", {"a.tf": GOOD, "x.auto.tfvars": b"a = \0"}, FILE, "x.auto.tfvars", "no text file"),
    Hostile("a pipe of values", {"a.tf": GOOD, "x.auto.tfvars": os.mkfifo}, FILE, "x.auto.tfvars", "no regular file"),
    Hostile("broken values", {"a.tf": GOOD, "terraform.tfvars": "a = [\n"}, FILE, "terraform.tfvars", "syntax error in line"),
    Hostile("values that are no values", {"a.tf": GOOD, "terraform.tfvars": "a = local.x\n"}, FILE, "terraform.tfvars", "cannot refer"),
    Hostile("deep values", {"a.tf": GOOD, "terraform.tfvars.json": '{"a":' + "[" * 9999}, FILE, "terraform.tfvars.json", "nested"),
    Hostile("values of a wrong shape", {"a.tf": GOOD, "terraform.tfvars.json": "[1]"}, FILE, "terraform.tfvars.json", "must hold"),
    # modules
    Hostile("a module outside", {"a.tf": GOOD + 'module "m" {\n  source = "../../../../../../../../../../../../../../../../../../../../etc"\n}\n'}, MODULE, "module.m", "outside"),
    Hostile("a module behind a link", {"a.tf": GOOD + 'module "m" {\n  source = "./m"\n}\n', "m": link("/etc")},
            MODULE, "module.m", "outside"),
    Hostile("a module among git's files", {"a.tf": GOOD + 'module "m" {\n  source = "./.git/m"\n}\n', ".git/m/a.tf": GOOD},
            MODULE, "module.m", "outside"),
    Hostile("a module list that is none", {"a.tf": REGISTRY, MANIFEST: "no"}, MODULE, "module.m", "is no list of modules"),
    Hostile("a module list of numbers", {"a.tf": REGISTRY, MANIFEST: '{"Modules": [5]}'}, MODULE, "module.m", "is no list of modules"),
    Hostile("a module list in a pipe", {"a.tf": REGISTRY, MANIFEST: os.mkfifo}, MODULE, "module.m", "no regular file"),
    Hostile("a module list behind a link", {"a.tf": REGISTRY, MANIFEST: link("/etc/hostname")}, MODULE, "module.m", "symbolic link"),
    Hostile("a module list that leads out", {"a.tf": REGISTRY, MANIFEST: '{"Modules": [{"Key": "m", "Dir": "/etc"}]}'},
            MODULE, "module.m", "'/etc' lies outside"),
    Hostile("a module list that leads up", {"a.tf": REGISTRY, MANIFEST: '{"Modules": [{"Key": "m", "Dir": "../../.."}]}'},
            MODULE, "module.m", "lies outside"),
    Hostile("a module that calls itself", {"a.tf": GOOD + 'module "m" {\n  source = "./"\n}\n'}, MODULE, "module.m", "calls itself"),
    Hostile("thirty modules deep", calls(30), LIMIT, "module.m.module.m", "more than 20 deep"),
    # expressions
    Hostile("deep brackets", {"a.tf": named("[" * 5000 + "]" * 5000)}, LIMIT, "a.tf:2", "nested too deeply"),
    Hostile("a huge number", {"a.tf": named("1e999999999")}, LIMIT, "a.tf:2", "out of range"),
    Hostile("a huge power", {"a.tf": named("pow(10, 1e9)")}, LIMIT, "pow()", "power"),
    Hostile("a wide format", {"a.tf": named('format("%1000000000d", 1)')}, LIMIT, "format()", "1,048,576 characters"),
    Hostile("a huge product", {"a.tf": named("length(setproduct(range(999), range(999)))")}, LIMIT, "setproduct()", "100,000 elements"),
    Hostile("texts that multiply", {"a.tf": multiplied('"0123456789"', '"${@}${@}${@}${@}"', 30)}, LIMIT, "a.tf:11", "1,048,576 characters"),
    Hostile("unknown texts that multiply", {"a.tf": 'variable "x" {}\n' + multiplied('"a${var.x}"', '"${@}${@}${@}${@}"', 30)},
            LIMIT, "a.tf:", "1,048,576 characters"),
    Hostile("lists that multiply", {"a.tf": multiplied("[1]", "[@, @, @, @]", 30)}, LIMIT, "local.a10", "more than"),
    Hostile("a pattern of many groups", {"a.tf": named(f'regexall("{"(a|" * 300}b{")" * 300}", "a")')}, LIMIT, "regexall()", "groups"),
    Hostile("yaml that multiplies", {"a.tf": named('yamldecode("a: &a [x,x,x,x,x,x,x,x,x]\\n' + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\\n" for n in range(9)) + '")')},
            LIMIT, "yamldecode()", "more than"),
    Hostile("a file outside", {"a.tf": named('file("../../../../../../../../../../../../../../../../../../../../etc/hostname")')}, FILE, "file()", "outside of the scanned"),
    Hostile("an absolute file", {"a.tf": named('templatefile("/etc/hostname", {})')}, FILE, "templatefile()", "outside of the scanned"),
    Hostile("files outside", {"a.tf": named('join("", fileset("/", "**"))')}, FILE, "fileset()", "outside of the scanned"),
    Hostile("a file behind a link", {"a.tf": named('file("x")'), "x": link("/etc/hostname")}, FILE, "file()", "outside of the scanned"),
    Hostile("git's configuration in a function", {"a.tf": named('file(".git/config")'), CONFIG: TOKEN}, FILE, "file()", "git's own files"),
    Hostile("git's configuration behind a link of a function", {"a.tf": named('templatefile("x", {})'), "x": link(CONFIG), CONFIG: TOKEN},
            FILE, "templatefile()", "git's own files"),
    Hostile("git's configuration in a linked work tree's place", {"a.tf": named('filebase64("g/config")'), "g/config": TOKEN,
            "g/HEAD": "ref: x", "g/objects/x": "", "g/refs/x": ""}, FILE, "filebase64()", "git's own files"),
    Hostile("a pipe in a function", {"a.tf": named('file("x")'), "x": os.mkfifo}, FILE, "file()", "no regular file"),
    Hostile("a large file in a function", {"a.tf": named('file("x")'), "x": "x" * (6 * 2**20)}, LIMIT, "file()", "more than 5,242,880"),
    # expansion
    Hostile("a million instances", {"a.tf": GOOD.replace("name", "count = 1000000\n  name")}, LIMIT, "aws_sqs_queue.phi", "1,000,000 instances"),
    Hostile("dynamic blocks that multiply", {"a.tf": named("jsonencode(terraform_data.d.x)")
            + 'resource "terraform_data" "d" {\n' + DYNAMIC * 9 + "}\n}\n" * 9 + "}\n"}, LIMIT, "a.tf:", "100,000 nested blocks"),
    # all values of a scan together, and the work on them
    Hostile("nine files of large texts", {f"f{n}.tf": f'locals {{\n  a{n} = {LARGE}\n  b{n} = [for i in range(999) : "${{i}}${{local.a{n}}}"]\n}}\n'
            + named(f"length(local.b{n})").replace('"phi"', f'"phi{n}"') for n in range(9)}, LIMIT, "f0.tf:", SIZE),
    Hostile("many locals of large texts", {"a.tf": f"locals {{\n  a = {LARGE}\n" + "".join(f'  b{n} = "{n}${{local.a}}"\n' for n in range(400))
            + "}\n" + named('length(join("", [' + ", ".join(f"substr(local.b{n}, 0, 1)" for n in range(400)) + "]))")}, LIMIT, "a.tf:", SIZE),
    Hostile("instances of large texts", {"a.tf": f"locals {{\n  a = {LARGE}\n}}\n" + named('"${count.index}${local.a}"').replace("name", "count = 999\n  name")},
            LIMIT, "a.tf:", SIZE),
    Hostile("templates of large texts", {"a.tf": f"locals {{\n  a = {LARGE}\n}}\n" + named('length([for i in range(999) : templatefile("t", {a = "${i}${local.a}"})])'),
            "t": "${a}"}, LIMIT, "a.tf:", SIZE),
    Hostile("large texts in one call", {"a.tf": f"locals {{\n  a = {LARGE}\n}}\n" + named('length(formatlist("%s%s", range(999), local.a))')},
            LIMIT, "a.tf:", SIZE),
    Hostile("a product of many sets", {"a.tf": named("length(setproduct(" + '["a"], ' * 2000 + ", ".join(['["a", "b"]'] * 16) + "))")}, LIMIT, "a.tf:", SIZE),
    Hostile("lists in lists", {"a.tf": named("length([for i in range(999) : [for j in range(999) : [for k in range(99) : i * j * k]]])")}, LIMIT, "a.tf:", SIZE),
    Hostile("maps in maps", {"a.tf": named("length({for i in range(999) : i => {for j in range(999) : j => {for k in range(9) : k => j}}})")}, LIMIT, "a.tf:", "more than"),
    Hostile("wide heredocs", {"a.tf": named("length([for x in range(999) : <<EOT\n%{ for i in range(999) }${x}${i} "
            + "some text of a line that is rather long " * 9 + "%{ endfor }\nEOT\n])")}, LIMIT, "a.tf:", SIZE),
    Hostile("a wide heredoc", {"a.tf": named("<<EOT\n%{ for i in range(999) }%{ for j in range(999) }${i}${j} text %{ endfor }%{ endfor }\nEOT\n")},
            LIMIT, "a.tf:2", "1,048,576 characters"),
    Hostile("documents that are read again", {"a.tf": "locals {\n  a = jsonencode([for i in range(999) : [for j in range(99) : {a = j}]])\n}\n"
            + named("length([for i in range(999) : jsondecode(local.a)])")}, LIMIT, "a.tf:", SIZE),
    Hostile("copies of a map", {"a.tf": 'locals {\n  m = merge([for i in range(99) : {for j in range(999) : "${i}-${j}" => 1}]...)\n}\n'
            + named("length([for i in range(999) : merge(local.m, {x = i})])")}, LIMIT, "a.tf:", SIZE),
    Hostile("modules that are given a large list", {"a.tf": 'locals {\n  l = flatten([for i in range(99) : [for j in range(999) : "${i}-${j}"]])\n}\n'
            'module "m" {\n  source = "./m"\n  count = 999\n  x = local.l\n}\n', "m/a.tf": 'variable "x" {\n  type = list(string)\n}\n'
            + named("length(var.x)")}, LIMIT, "var.x", SIZE),
    Hostile("policies of policies", {"a.tf": 'data "aws_iam_policy_document" "d0" {\n  statement {\n    actions = ["s3:*"]\n'
            '    resources = [for i in range(999) : "arn:aws:s3:::bucket-${i}"]\n  }\n}\n' + "".join(
            f'data "aws_iam_policy_document" "d{n}" {{\n  source_policy_documents = [for i in range(99) : data.aws_iam_policy_document.d{n - 1}.json]\n}}\n'
            for n in range(1, 4)) + named("data.aws_iam_policy_document.d3.json")}, LIMIT, "data.aws_iam_policy_document.d1", "1,048,576 characters"),
    Hostile("blocks of every instance", {"a.tf": named("length(jsonencode(terraform_data.d[*].x))") + 'resource "terraform_data" "d" {\n  count = 999\n'
            + "  x {\n  }\n" * 999 + "}\n"}, LIMIT, "a.tf:", "100,000 nested blocks"),
    Hostile("instances of many blocks", {"a.tf": GOOD + "".join(f'resource "null_resource" "n{n}" {{\n  count = 1000\n}}\n' for n in range(60))},
            LIMIT, "null_resource.n", "50,000 instances"),
    Hostile("keys that are long", {"a.tf": GOOD.replace("name", f'for_each = toset(["{"k" * 1025}"])\n  name')}, LIMIT, "aws_sqs_queue.phi", "a key of more than 1,024"),
    Hostile("a long list, searched", {"a.tf": 'locals {\n  l = flatten([for i in range(99) : [for j in range(999) : "${i}-${j}"]])\n}\n'
            + named('length([for i in range(999) : contains(local.l, "x${i}")])')}, LIMIT, "a.tf:", "2,000,000 steps"),
    Hostile("letters, counted", {"a.tf": 'locals {\n  a = join("", [for i in range(999) : "' + "\u0301" * 900 + '"])\n}\n'
            + named("length([for i in range(999) : length(local.a)])")}, LIMIT, "a.tf:", "more than"),
    Hostile("a long text, searched", {"a.tf": f"locals {{\n  a = {LARGE}\n}}\n" + named('length([for i in range(999) : length(regexall("x(a|b)*$", local.a))])')},
            LIMIT, "a.tf:", "2,000,000 steps"),
    Hostile("too many parts of a template", {"a.tf": named("length([for x in flatten([for i in range(999) : range(999)]) : x])")}, LIMIT, "flatten()", "100,000 elements"),
    Hostile("a limit in an arm that may not be taken", {"a.tf": 'variable "x" {}\n' + named('var.x ? "a" : pow(10, 1e9)')}, LIMIT, "pow()", "power"),
    Hostile("a limit in a for_each", {"a.tf": GOOD.replace("name", 'for_each = toset(split("", join("", [for i in range(999) : "%s"])))\n  name' % ("x" * 999))},
            LIMIT, "split()", "100,000 elements"),
    # declared twice
    Hostile("a resource twice", {"a.tf": GOOD, "b.tf": GOOD}, DUPLICATE, "aws_sqs_queue.phi", "declared a second time"),
    Hostile("an argument twice", {"a.tf": GOOD, "b.tf": "locals {\n  a = 1\n  a = 2\n}\n"}, DUPLICATE, "b.tf", "'a' is set twice"),
    # refused by Terraform too: a row, but nothing that exists was left out
    Hostile("locals in a circle", {"a.tf": named("local.a") + "locals {\n  a = local.b\n  b = local.a\n}\n"}, EXPRESSION,
            "a.tf:7", "depends on itself", CLEAN),
    Hostile("modules in a circle", {"a.tf": named("module.a.o") + SELF % ("a", "b") + SELF % ("b", "a"),
            "m/main.tf": 'variable "v" {}\noutput "o" {\n  value = var.v\n}\n'}, EXPRESSION, "a.tf:11", "depends on itself", CLEAN),
    Hostile("a resource that is its own", {"a.tf": named("aws_sqs_queue.phi.name")}, EXPRESSION, "a.tf:2", "refers to itself", CLEAN),
    Hostile("a template in itself", {"a.tf": named('templatefile("t", {})'), "t": '${templatefile("t", {})}'}, EXPRESSION,
            "a.tf:2", "cannot be called inside a template", CLEAN),
    Hostile("too long a range", {"a.tf": named("length(range(100000000))")}, EXPRESSION, "a.tf:2", "more than 1024 values", CLEAN),
    # plans and states
    Hostile("a plan of wrong types", {"document.json": json.dumps({"format_version": "1.2", "resource_changes": [
            5, None, [], {"change": 5}, {"address": 5, "type": [], "name": {}, "change": {"actions": ["create"], "after": {}}}]})},
            FILE, "document.json", "5 entries"),
    Hostile("a state of wrong types", {"document.json": json.dumps({"version": 4, "serial": 1, "resources": [
            5, {"type": "aws_sqs_queue", "name": "q", "instances": [{"attributes": []}]}]})}, FILE, "document.json", "1 resources"),
    Hostile("a partial plan", {"document.json": '{"format_version": "1.2", "resource_changes": [], "errored": true}'},
            FILE, "document.json", "partial"),
]  # fmt: skip
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "deep": ('{"format_version": "1.2", "resource_changes": ' + "[" * 200_000, "nested too deep"),
    "number": ('{"format_version": "1.2", "resource_changes": [' + "9" * 100_000 + "]}", "a number is too long"),
    "array": ("[1, 2]", "no plan or state"),
    "binary": (b"\x80\x81\x82\x83", "no text"),
    "zip": (b"PK\x03\x04rest", "binary plan"),
    "version": ('{"format_version": "9", "resource_changes": []}', "only 0.x and 1.x"),
    "old": ('{"version": 3, "modules": []}', "only version 4"),
}
