"""What is decided while a part is unknown stays true whatever that part turns out to be."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipaa_guard.facts.values import Incomplete, PartialText, Unknown, Value
from hipaa_guard.terraform.hcl import read_directory

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
        st.tuples(inner, st.sampled_from(["&&", "||", "==", "!=", "+", "<"]), inner).map(lambda t: f"({' '.join(t)})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
        inner.map(lambda one: f"!{one}"),
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
