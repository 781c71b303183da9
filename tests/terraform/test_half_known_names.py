"""Names that are known in part, by the thousand: looked up at once, with the answer that asking each would give."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.terraform.binding import name_patterns
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.binding.name_patterns import Pattern, Patterns, Texts
from hipaa_guard.terraform.read import read
from tests.terraform.kinds import KINDS, told

PIECE = st.text("ab:/*", max_size=3)
TEXT = st.builds("".join, st.tuples(st.sampled_from(("", "", "arn:aws:s3:::", "https://")), PIECE, PIECE))
PATTERN = st.builds(Pattern, TEXT, PIECE, st.sampled_from((False, False, False, True)))

ARN = "arn:aws:s3:::"


@given(st.lists(PATTERN, max_size=6), TEXT)
@example([Pattern(ARN, "")], "a")
@example([Pattern(ARN, "records/*")], "records")
@example([Pattern(ARN, "ab/records")], "records")
@example([Pattern("", "")], "")
@example([Pattern("a", "a")], "a")
def test_one_of_many_patterns_fits_a_text(many: list[Pattern], text: str) -> None:
    assert Patterns(many).fit(text) == any(each.fits(text) for each in many)


@given(st.lists(PATTERN, max_size=6), PATTERN)
@example([Pattern("a", "b")], Pattern("aa", ""))
@example([Pattern("a", "b")], Pattern("", "bb"))
@example([Pattern("a", "b", after_apply=True)], Pattern(ARN, ""))
def test_one_of_many_patterns_agrees_with_another(many: list[Pattern], other: Pattern) -> None:
    index = Patterns(many)
    assert index.agree(other) == any(each.agrees(other) for each in many)
    assert index.agree(other) == any(other.agrees(each) for each in many)


@given(st.lists(TEXT, max_size=6), PATTERN)
@example(["ab"], Pattern(ARN, "b"))
@example(["b"], Pattern(ARN, "a/b"))
@example([], Pattern(ARN, ""))
def test_a_pattern_fits_one_of_many_texts(many: list[str], pattern: Pattern) -> None:
    assert Texts(many).fit(pattern) == any(map(pattern.fits, many))


def test_an_index_of_names_of_every_length_answers_the_same_with_little_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_patterns, "_MOST_KEPT", 1_000)
    texts = Texts(f"clinic-{'x' * number}-records" for number in range(40))
    many = Patterns(Pattern(f"clinic-{'x' * number}") for number in range(1, 40))
    for number in range(40):
        assert texts.fit(Pattern(f"clinic-{'x' * number}", "-records"))
        assert not texts.fit(Pattern(f"clinic-{'x' * number}", "-invoices"))
        assert many.agree(Pattern(f"clinic-{'x' * number}"))
        assert not many.agree(Pattern(f"clinic-y{'x' * number}"))


# --- the work of a scan ----------------------------------------------------------------------------------------------

NAMES = {
    "half known": '"${var.prefix}-NUMBER"',
    "half known, of other names": '"${var.prefix}-x-NUMBER"',
    "half known, by its beginning": '"clinic-NUMBER-${var.prefix}"',
    "literal": '"clinic-NUMBER"',
    "of one variable": "var.names.nNUMBER",
    "of one variable, by a function": "lower(var.names.nNUMBER)",
    "the same": '"clinic"',
    "the same variable": "var.prefix",
    "not known at all": "uuid()",
    "looked up": "data.aws_s3_bucket.d[NUMBER].id",
}
VARIABLES = 'variable "prefix" {}\nvariable "names" {}\n'
WEST = 'provider "aws" { region = "us-east-1" }\nprovider "aws" {\n alias = "west"\n region = "us-west-2"\n}\n'


def named(how: str, number: int) -> str:
    return NAMES[how].replace("NUMBER", str(number))


def buckets(whole: str, part: str, number: int) -> str:
    return f"""
    resource "aws_s3_bucket" "b{number}" {{
      bucket = {whole}
    }}
    resource "aws_s3_bucket_versioning" "v{number}" {{
      bucket = {part}
    }}
    """


def groups(whole: str, part: str, number: int) -> str:
    return f"""
    resource "aws_security_group" "g{number}" {{
      name = {whole}
    }}
    resource "aws_vpc_security_group_ingress_rule" "r{number}" {{
      provider          = aws.west
      security_group_id = {part}
    }}
    """


def work(directory: Path, text: str) -> int:
    """How many calls are made for the joins and for what is declared elsewhere: unlike time, it is the same on a busy machine."""
    (directory / "main.tf").write_text(text)
    (made,) = read(directory)
    _look(build_inventory(made, KINDS))  # expressions are read once
    calls = 0

    def counting(_frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        _look(build_inventory(made, KINDS))
    finally:
        sys.setprofile(before)
    return calls


def _look(inventory: Inventory) -> None:
    for resource in inventory:
        told(resource, "versioning" if "versioning" in type(resource).facts else "open")


SMALL, LARGE = 300, 900  # more than are compared one by one


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        *(("half known", part) for part in NAMES),
        *((whole, "half known, of other names") for whole in NAMES if whole not in ("half known", "looked up")),
        ("of one variable", "of one variable, by a function"),
        ("the same variable", "the same variable"),
    ],
)
def test_the_work_does_not_grow_with_the_square_of_the_names(whole: str, part: str, tmp_path: Path) -> None:
    def configuration(size: int) -> str:
        lookups = f'data "aws_s3_bucket" "d" {{\n count = {size}\n bucket = "outside-${{count.index}}"\n}}\n'
        return VARIABLES + lookups + "".join(buckets(named(whole, n), named(part, n), n) for n in range(size))

    assert work(tmp_path, configuration(LARGE)) < 4.5 * work(tmp_path, configuration(SMALL))


@pytest.mark.parametrize(
    ("whole", "part"), [("half known", "literal"), ("half known", "the same"), ("the same", "the same")]
)
def test_nor_of_the_names_in_another_region(whole: str, part: str, tmp_path: Path) -> None:
    def configuration(size: int) -> str:
        return VARIABLES + WEST + "".join(groups(named(whole, n), named(part, n), n) for n in range(size))

    assert work(tmp_path, configuration(LARGE)) < 4.5 * work(tmp_path, configuration(SMALL))
