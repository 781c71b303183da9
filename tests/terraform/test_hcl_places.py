"""Where things are written: lines, module calls, nested arguments and comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.source import read_directory

TEXT = """\
# first line of the file

# hipaa-guard: above
// also above
resource "test_a" "it" { # at the head
  value = "# no comment" # beside
  rule {
    name = "one"
  }
  rule {
    name = "two" /* behind */
  }
  dynamic "more" {
    for_each = [1]
    content {
      text = <<-EOT
        # no comment either
      EOT
      deep {
        x = 1
      }
    }
  }
  map = {
    key = 1
  }
} # at the end
# below
resource "test_a" "bare" {}
"""


@pytest.fixture
def it(tmp_path: Path) -> ResourceInstance:
    """The first resource of the text above."""
    (tmp_path / "main.tf").write_text(TEXT)
    return read_directory(tmp_path)[0].instances[0]


def test_a_block_reaches_from_its_head_to_its_brace(it: ResourceInstance) -> None:
    assert (it.location.file, it.location.line_start, it.location.line_end) == ("main.tf", 5, 27)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("value", 6),
        ("rule", 7),
        ("rule.name", 8),
        ("rule.1.name", 11),
        ("rule[1].name", 11),
        ("more", 15),
        ("more.text", 16),
        ("more.deep.x", 20),
        ("map.key", 24),
    ],
)
def test_arguments_are_found_by_their_path(it: ResourceInstance, path: str, line: int) -> None:
    place = it.locate(path)
    assert place is not None
    assert place.line_start == line


@pytest.mark.parametrize("path", ["nowhere", "rule.nowhere", "more.deep.nowhere", ""])
def test_what_is_not_written_has_no_place(it: ResourceInstance, path: str) -> None:
    assert it.locate(path) is None


def test_notes_are_the_comments_above_and_inside(it: ResourceInstance) -> None:
    assert list(it.comments()) == [
        (3, "# hipaa-guard: above"),
        (4, "// also above"),
        (5, "# at the head"),
        (6, "# beside"),
        (11, "/* behind */"),
        (27, "# at the end"),
    ]


def test_a_comment_behind_the_block_before_is_not_above(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "test_a" "x" {\n} # of x\nresource "test_a" "y" {}\n')
    _, second = read_directory(tmp_path)[0].instances
    assert list(second.comments()) == []


def test_the_chain_of_module_calls_is_kept_outermost_first(tmp_path: Path) -> None:
    for name, text in {
        "main.tf": '\nmodule "a" {\n  source = "./a"\n}\n',
        "a/main.tf": '\n\nmodule "b" {\n  source = "./b"\n}\n',
        "a/b/main.tf": 'resource "test_a" "it" {\n  value = 1\n}\n',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (it,) = read_directory(tmp_path)[0].instances
    assert [str(call) for call in it.location.calls] == ["main.tf:2", "a/main.tf:3"]
    place = it.locate("value")
    assert place is not None
    assert place.calls == it.location.calls


def test_the_same_tree_gives_the_same_result(tmp_path: Path) -> None:
    for name in ("b.tf", "a.tf", "c/z.tf", "c/y.tf"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'resource "test_a" "{path.stem}" {{\n  for_each = toset(["2", "1"])\n}}\n')
    first, second = (
        [(one.root, [instance.address for instance in one.instances]) for one in read_directory(tmp_path)]
        for _ in range(2)
    )
    assert first == second
    assert first == [
        (".", ['test_a.a["1"]', 'test_a.a["2"]', 'test_a.b["1"]', 'test_a.b["2"]']),
        ("c", ['test_a.y["1"]', 'test_a.y["2"]', 'test_a.z["1"]', 'test_a.z["2"]']),
    ]
