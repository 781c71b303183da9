"""Changed texts: only what must change does, however the file is written."""

from __future__ import annotations

import difflib
import itertools
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipaa_guard.terraform.hcl.alignment import Draft, tidied
from hipaa_guard.terraform.hcl.comments import comment_spans
from hipaa_guard.terraform.hcl.editing import CannotEdit, resource_in, with_argument, with_resource_after
from hipaa_guard.terraform.hcl.syntax import HclBlock
from tests.fixing.trees import TERRAFORM, formatted

TYPE, NAME = "aws_db_instance", "phi"
_ARGUMENTS = (
    'engine = "postgres"',
    "port=5432",
    'identifier_prefix   = "a-{b}#c" // no comment = "here"',
    "password = var.password # = kept",
    'name = "Arztbrief-日本é" # wide',
    "ports = [1, 2] /* in between */",
    'tags = {\n  Name = "x" # y\n  Longer = 1\n}',
    "user_data = <<EOF\n# no comment\nmulti_az = true\n}\nEOF",
    "indented = <<-EOF\n  multi_az {\n  EOF",
    'policy = jsonencode({\n  a = "}"\n})',
    "choice = var.a ? 1 : 2",
    "multi_az = false",
    "multi_az = false # off, it is",
    "multi_az = null",
)
_BLOCKS = (
    "timeouts {}",
    "timeouts { create = 1 }",
    "restore {\n  when = 1 # x\n\n  multi_az = 3\n}",
    "s3_import { # here\n  a = 1\n}",
    "# a comment alone",
    "/* over\n   lines */",
    "",
)
_PATHS = (("multi_az",), ("options", "multi_az"), ("options", "deeper", "multi_az"), ("s3_import", "multi_az"))


def made(chance: random.Random) -> str:
    """A resource as somebody may have written it."""
    arguments = {text.partition("=")[0].strip(): text for text in chance.sample(_ARGUMENTS, chance.randint(0, 6))}
    parts = [*arguments.values(), *(chance.choice(_BLOCKS) for _ in range(chance.randint(0, 3)))]
    blocks = {
        text.partition(" ")[0]: text for text in parts if text.endswith("}") and "=" not in text.partition("{")[0]
    }
    parts = [text for text in parts if text not in blocks.values()] + list(blocks.values())
    chance.shuffle(parts)
    inside = "".join(f"{chance.choice(('  ', '  ', '    '))}{line}\n" for part in parts for line in [part])
    head = f'resource "{TYPE}" "{NAME}" {{'
    if not parts and chance.random() < 0.7:
        return chance.choice((f"{head}}}", f"{head} }}", f"{head} engine = 1 }}", f"{head}\n}}"))
    return f"{head}{chance.choice(('', ' # note'))}\n{inside}}}{chance.choice(('', ' # end'))}"


def around(chance: random.Random, text: str) -> str:
    """A file that holds the resource among others."""
    before = chance.choice(("", '# first\nresource "aws_db_instance" "other" {}\n\n', "locals { a = 1 }\n"))
    after = chance.choice(("", "\n", "\n\n# last\n", '\nresource "aws_sqs_queue" "phi" {\n}\n', "\n\n\n"))
    return before + text + after


def edited(text: str, path: tuple[str, ...], value: str = "true") -> str:
    return _real(tidied(with_argument(Draft(_view(text)), TYPE, NAME, path, value)))


def _view(text: str) -> str:
    return text.encode().decode("latin-1")


def _real(text: str) -> str:
    return text.encode("latin-1").decode()


def _written(block: HclBlock, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """All arguments below a block, by the way to them."""
    found = {(*path, name): attribute.text for name, attribute in block.attributes.items()}
    for inner in block.blocks:
        found.update(_written(inner, (*path, inner.type)))
    return found


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _replaced(text: str, after: str) -> str:
    """What is no longer there of a text, white space aside, if the change is in one place."""
    old, new = _squeezed(text), _squeezed(after)
    start = _same(old, new)
    return old[start : len(old) - _same(old[start:][::-1], new[start:][::-1])]


def _same(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@given(st.integers(0, 2**32), st.sampled_from(_PATHS), st.booleans())
@settings(max_examples=250, deadline=None)
def test_only_what_was_asked_for_changes(seed: int, path: tuple[str, ...], windows: bool) -> None:
    chance = random.Random(seed)
    text = around(chance, made(chance))
    text = text.replace("\n", "\r\n") if windows else text
    try:
        after = edited(text, path)
    except CannotEdit:
        return
    now, before = (_written(resource_in(_view(each), TYPE, NAME)) for each in (after, text))
    assert now.pop(path) == "true"
    replaced = before.pop(path, "")
    assert now == before
    assert edited(after, path) == after
    assert [_view(after)[a:b].rstrip() for a, b in comment_spans(_view(after))] == [
        _view(text)[a:b].rstrip() for a, b in comment_spans(_view(text))
    ]
    assert after.endswith("\n") == text.endswith("\n")
    if "\n" in text:
        assert after.count("\r\n") == (after.count("\n") if windows else 0)
    assert len(_replaced(text, after)) <= len(replaced)
    assert changed_lines(text, after) <= (1 if replaced or _in_one_line(text) else 0)


def changed_lines(text: str, after: str) -> int:
    """How many lines of a text are not there any more, byte for byte, in their order."""
    matcher = difflib.SequenceMatcher(None, text.split("\n"), after.split("\n"), autojunk=False)
    return sum(end - start for tag, start, end, _, _ in matcher.get_opcodes() if tag in ("delete", "replace"))


def _in_one_line(text: str) -> bool:
    """Whether the resource, or a block in it, opens and closes in one line: such a line is written anew."""
    return re.search(r"\{.*\}", text[text.index(f'"{TYPE}" "{NAME}"') :]) is not None


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
def test_what_terraform_fmt_left_stays_as_it_would_have_it() -> None:
    chance = random.Random(5)
    cut = "\n# --------------------------------- cut\n"
    (tidy,) = formatted(cut.join(made(chance) for _ in range(400)))
    results = []
    for text in tidy.split(cut):
        try:
            results.append(edited(text, chance.choice(_PATHS)))
        except CannotEdit:
            results.append(text)
    changed = sum(a != b for a, b in zip(results, tidy.split(cut), strict=True))
    assert changed > 250
    # Comments keep their column: that behind a changed value, and that of a brace which a new line parts from others.
    plain = [text for text in results if not re.search(r"true +#|\}  +#", text)]
    assert len(plain) > 300
    assert formatted(cut.join(plain)) == [cut.join(plain)]


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_resource_is_added_behind_another(seed: int, windows: bool) -> None:
    chance = random.Random(seed)
    text = around(chance, made(chance))
    text = text.replace("\n", "\r\n") if windows else text
    added = 'resource "aws_thing" "phi" {\n  a = 1\n}'
    after = _real(tidied(with_resource_after(Draft(_view(text)), TYPE, NAME, added)))
    assert _written(resource_in(_view(after), "aws_thing", "phi")) == {("a",): "1"}
    newline = "\r\n" if windows and "\n" in text else "\n"
    start = after.index('resource "aws_thing"')
    assert after[:start].endswith(newline * 2)
    assert _replaced(text, after) == ""
    assert len(_squeezed(after)) == len(_squeezed(text)) + len(_squeezed(added))
    assert after.endswith("\n") == text.endswith("\n")


REFUSED = {
    "an expression": ("multi_az = var.multi_az", "comes from an expression"),
    "a heredoc": ("multi_az = <<EOF\ntrue\nEOF", "is a heredoc"),
    "a text with parts": ('multi_az = "${var.a}"', "comes from an expression"),
    "a list": ("multi_az = [1, 2]", "comes from an expression"),
    "a condition": ("multi_az = true ? false : true", "comes from an expression"),
    "a block of that name": ("multi_az {\n}", "is written as a block"),
    "a dynamic block of that name": ('dynamic "multi_az" {\n}', "is written as a block"),
    "set twice": ("multi_az = 1\nmulti_az = 2", "errors"),
    "broken": ("multi_az = = 1", "errors"),
    "a comment that goes on": ("engine = 1 /* and\n on */", "a comment goes on"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_plain_is_refused(case: str) -> None:
    inside, reason = REFUSED[case]
    with pytest.raises(CannotEdit, match=reason):
        edited(f'resource "{TYPE}" "{NAME}" {{\n{inside}\n}}\n', ("multi_az",))


NESTED = {
    "an argument of that name": ("options = [{ multi_az = false }]", "written as an argument"),
    "made by a dynamic block": (
        'dynamic "options" {\n  for_each = [1]\n  content {\n    multi_az = false\n  }\n}',
        "made by a dynamic block",
    ),
    "several": ("options {\n}\noptions {\n}", "several options blocks"),
    "a comment in one line": ("options { /* ? */ }", "a comment stands inside"),
}


@pytest.mark.parametrize("case", NESTED)
def test_nested_blocks_that_are_not_plain_are_refused(case: str) -> None:
    inside, reason = NESTED[case]
    with pytest.raises(CannotEdit, match=reason):
        edited(f'resource "{TYPE}" "{NAME}" {{\n{inside}\n}}\n', ("options", "multi_az"))


def test_each_block_of_a_type_is_set() -> None:
    text = f'resource "{TYPE}" "{NAME}" {{\n  disk {{\n    a = 1\n  }}\n  disk {{ on = false }}\n}}\n'
    after = tidied(with_argument(Draft(text), TYPE, NAME, ("disk", "on"), "true", each=True))
    assert (
        after
        == f'resource "{TYPE}" "{NAME}" {{\n  disk {{\n    a = 1\n\n    on = true\n  }}\n  disk {{ on = true }}\n}}\n'
    )
    with pytest.raises(CannotEdit, match="it has no other block"):
        with_argument(Draft(text), TYPE, NAME, ("other", "on"), "true", each=True)


def test_names_that_look_like_braces_and_comments() -> None:
    text = 'resource "aws_db_instance" /* { */ "p{h}i#" {\n  engine = 1\n}\n'
    after = tidied(with_argument(Draft(text), TYPE, "p{h}i#", ("multi_az",), "true"))
    assert after == text.replace("engine = 1\n", "engine = 1\n\n  multi_az = true\n")


def test_a_file_that_is_not_aligned_stays_so() -> None:
    text = f'resource "{TYPE}" "{NAME}" {{\n  engine="a"\n  a_long_name = 1\n}}\n'
    assert edited(text, ("multi_az",)) == text.replace("= 1\n", "= 1\n  multi_az = true\n")


def test_tabs_stay() -> None:
    text = f'resource "{TYPE}" "{NAME}" {{\n\tport = 1\n\toptions {{\n\t\ta = 1\n\t}}\n}}\n'
    assert "\n\t\tmulti_az = true\n" in edited(text, ("options", "multi_az"))
