"""What is decided while a part is unknown stays true whatever that part turns out to be."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import PartialText, Unknown, Value
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.functions import FUNCTIONS
from hipaa_guard.terraform.source import read_directory

CALLED = sorted({*FUNCTIONS} - {"bcrypt", "timestamp", "plantimestamp", "uuid", "issensitive", "base64gzip"})
"""All functions whose results can be compared: the others give something new each time, or nothing at all."""

LITERALS = st.sampled_from(
    ["true", "false", "null", "0", "1", '"a"', '"1"', '"true"', "[]", '["a"]', "{}", '{ k = "a" }']
)
LEAVES = st.one_of(LITERALS, st.sampled_from(["var.x", "var.x", "var.y"]))

PATHS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda one: f"{one}.k"),
        inner.map(lambda one: f"{one}[0]"),
        inner.map(lambda one: f"{one}[*]"),
        inner.map(lambda one: f"[{one}]"),
        inner.map(lambda one: f"concat({one}, [1])"),
        inner.map(lambda one: f'"p${{{one}}}"'),
    ),
    max_leaves=4,
)
"""What `try` and `can` are written for. Inside them, ``null && false`` would be an error that a known result hides."""


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(
            inner, st.sampled_from(["&&", "||", "==", "!=", "+", "-", "*", "/", "%", "<", "<=", ">", ">="]), inner
        ).map(lambda t: f"({' '.join(t)})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
        inner.map(lambda one: f"!{one}"),
        inner.map(lambda one: f"(-{one})"),
        inner.map(lambda one: f"{one}[var.y]"),
        inner.map(lambda one: f"{one}.*.k"),
        inner.map(lambda one: f"{one}[*].k[0]"),
        inner.map(lambda one: f'"%{{ if {one} }}a%{{ else }}b%{{ endif }}"'),
        inner.map(lambda one: f'"%{{ for v in {one} }}${{v}},%{{ endfor }}"'),
        inner.map(lambda one: f'{{ for v in [{one}, "b"] : v => v... }}'),
        st.tuples(inner, inner).map(lambda t: f"[for k, v in {t[0]} : k if {t[1]}]"),
        st.tuples(st.sampled_from(CALLED), st.lists(inner, max_size=3)).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        inner.map(lambda one: f'"p${{{one}}}s"'),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]}, {t[1]}]"),
        inner.map(lambda one: f"{{ k = {one} }}"),
        PATHS.map(lambda one: f"try({one}, 1)"),
        PATHS.map(lambda one: f"can({one})"),
        inner.map(lambda one: f"{one}.k"),
        inner.map(lambda one: f"{one}[0]"),
        inner.map(lambda one: f"{one}[*]"),
        inner.map(lambda one: f"length({one})"),
        inner.map(lambda one: f"concat({one}, [1])"),
        inner.map(lambda one: f"merge({one}, {{ z = 1 }})"),
        inner.map(lambda one: f"[for v in {one} : v if v != var.y]"),
        inner.map(lambda one: f"{{ for k, v in {one} : k => v }}"),
        inner.map(lambda one: f"coalesce({one}, 1)"),
        inner.map(lambda one: f'lookup({one}, "k", 2)'),
    )


EXPRESSIONS = st.recursive(LEAVES, _deeper, max_leaves=6)


def value_of(directory: Path, expression: str, declarations: str) -> Value:
    """The value of an expression beside declarations of x and y."""
    (directory / "main.tf").write_text(f'{declarations}resource "test_a" "it" {{\n  value = {expression}\n}}\n')
    return read_directory(directory)[0].instances[0].get("value")


def agrees(partial: Value, whole: Value) -> bool:
    """Whether a value with unknown parts can be completed to a known one; errors in that one are no contradiction."""
    if isinstance(whole, Incomplete):
        return True
    if isinstance(partial, PartialText):
        ending = partial.parts[-1] if isinstance(partial.parts[-1], str) else ""
        return isinstance(whole, Unknown) or (
            isinstance(whole, str) and whole.startswith(partial.prefix) and whole.endswith(ending)
        )
    if isinstance(whole, Unknown) or isinstance(partial, Unknown):
        return not (isinstance(partial, Unknown) and partial.is_set and whole is None)
    if isinstance(partial, Incomplete):
        rest = list(whole) if isinstance(whole, list) else []
        return isinstance(whole, list) and all(any(agrees(one, other) for other in rest) for one in partial.seen)
    if isinstance(partial, list):
        return (
            isinstance(whole, list)
            and len(partial) == len(whole)
            and all(agrees(one, other) for one, other in zip(partial, whole, strict=True))
        )
    if isinstance(partial, dict):
        return (
            isinstance(whole, dict)
            and partial.keys() == whole.keys()
            and all(agrees(one, whole[key]) for key, one in partial.items())
        )
    return type(partial) is type(whole) and bool(partial == whole)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EXPRESSIONS, LITERALS, LITERALS)
def test_a_decided_result_holds_for_every_value_of_what_was_unknown(
    tmp_path: Path, expression: str, first: str, second: str
) -> None:
    partial = value_of(tmp_path, expression, 'variable "x" {}\nvariable "y" {}\n')
    known = f'variable "x" {{\n  default = {first}\n}}\nvariable "y" {{\n  default = {second}\n}}\n'
    whole = value_of(tmp_path, expression, known)
    assert agrees(partial, whole), f"{expression} is {partial!r}, and {whole!r} for x = {first}, y = {second}"


TEXTS = ["phi", "aws:kms", "AES256", "Enabled", "Suspended", "0.0.0.0/0", "10.0.0.0/8", "tcp", "-1", "log", "postgres"]
VALUES = [
    *map(json.dumps, TEXTS),
    "true",
    "false",
    "null",
    "0",
    "22",
    "443",
    "35",
    "[]",
    '["0.0.0.0/0"]',
    '["x", "y"]',
    "{}",
]
TLS = """jsonencode({ Statement = [{ Effect = EFFECT, Principal = "*", Action = "s3:*", Resource = ["arn:aws:s3:::phi", \
"arn:aws:s3:::phi/*"], Condition = { Bool = { "aws:SecureTransport" = VALUE } } }] })""".replace("\\\n", "")

SHAPES = [
    """resource "aws_s3_bucket" "phi" { bucket = "phi" }
    resource "aws_s3_bucket_versioning" "phi" {
      count  = COUNT
      bucket = VALUE == "x" ? "other" : aws_s3_bucket.phi.id
      versioning_configuration { status = TEXT }
    }
    resource "aws_s3_bucket_server_side_encryption_configuration" "phi" {
      bucket = aws_s3_bucket.phi.id
      rule {
        apply_server_side_encryption_by_default {
          sse_algorithm     = TEXT
          kms_master_key_id = VALUE
        }
      }
    }""",
    f"""resource "aws_s3_bucket" "phi" {{ bucket = "phi" }}
    resource "aws_s3_bucket_policy" "phi" {{
      bucket = aws_s3_bucket.phi.id
      policy = {TLS.replace("EFFECT", '"Deny"')}
    }}
    resource "aws_s3_bucket_public_access_block" "phi" {{
      bucket              = aws_s3_bucket.phi.id
      block_public_acls   = VALUE
      block_public_policy = VALUE
      ignore_public_acls  = VALUE
      restrict_public_buckets = true
    }}""",
    """resource "aws_security_group" "phi" {
      ingress {
        from_port   = VALUE
        to_port     = VALUE
        protocol    = "tcp"
        cidr_blocks = VALUE
      }
      dynamic "ingress" {
        for_each = VALUE
        content {
          from_port   = 22
          to_port     = 22
          protocol    = "tcp"
          cidr_blocks = [ingress.value]
        }
      }
      egress = []
    }
    resource "aws_vpc_security_group_ingress_rule" "phi" {
      for_each          = VALUE
      security_group_id = aws_security_group.phi.id
      ip_protocol       = TEXT
      from_port         = 22
      to_port           = 22
      cidr_ipv4         = each.value
    }""",
    """resource "aws_db_instance" "phi" {
      count                   = COUNT
      engine                  = TEXT
      storage_encrypted       = VALUE
      kms_key_id              = VALUE
      publicly_accessible     = VALUE
      backup_retention_period = VALUE
      deletion_protection     = VALUE
      iam_database_authentication_enabled = VALUE
    }""",
    """resource "aws_sqs_queue" "phi" {
      for_each                = VALUE
      kms_master_key_id       = VALUE
      sqs_managed_sse_enabled = VALUE
      policy                  = POLICY
    }
    resource "aws_kms_key" "phi" {
      enable_key_rotation = VALUE
      policy              = POLICY
    }""",
]
"""Small configurations; each capital word is an expression that may hold an unknown variable."""

SLOTS = {
    "VALUE": ["var.x", "var.y", "true", "false", "(var.x ? true : true)", "try(var.x, false)", "coalesce(var.y, true)"],
    "TEXT": ["var.x", '"Enabled"', '"aws:kms"', '"postgres"', '"-1"', '"${var.x}"', "lower(var.y)"],
    "COUNT": ["1", "var.x ? 1 : 0", "length(var.y)", "var.x == var.y ? 1 : 1"],
    "EFFECT": ['"Allow"', '"Deny"', "var.x"],
}
SLOTS["POLICY"] = [TLS.replace("EFFECT", effect).replace("VALUE", "var.y") for effect in SLOTS["EFFECT"]] + ["var.x"]


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """One of the shapes, filled in."""
    text = draw(st.sampled_from(SHAPES))
    return re.sub("|".join(SLOTS), lambda found: draw(st.sampled_from(SLOTS[found[0]])), text)


def verdicts(directory: Path, text: str) -> dict[tuple[str, str | None], Status]:
    """What every control says of every resource that certainly exists."""
    (directory / "main.tf").write_text(text)
    inventory = build_inventory(read_directory(directory)[0], kinds_of(load()))
    found = judge(load(), inventory)
    return {(one.control_id, one.resource.address): one.status for one in found if one.uncertain is None}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(configurations(), st.sampled_from(VALUES), st.sampled_from(VALUES))
def test_a_decided_verdict_holds_for_every_value_of_what_was_unknown(
    tmp_path: Path, text: str, first: str, second: str
) -> None:
    partial = verdicts(tmp_path, f'variable "x" {{}}\nvariable "y" {{}}\n{text}')
    whole = verdicts(
        tmp_path, f'variable "x" {{\n default = {first}\n}}\nvariable "y" {{\n default = {second}\n}}\n{text}'
    )
    decided = (Status.PASS, Status.FAIL)
    for key, status in partial.items():
        later = whole.get(key, Status.UNKNOWN)  # null or a wrong type may be an error, which is no contradiction
        assert not (status in decided and later in decided and later is not status), f"{key} was {status}, is {later}"
