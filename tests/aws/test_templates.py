"""Templates over an item's fields."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.aws.planning.templates import MissingFieldError, compiled, fields_in, filled, path, text

FIELDS: dict[str, Any] = {"Name": "a'b`c\"d\\", "Id": "k1", "Port": 80, "Endpoint": {"Host": "h"}, "account": "1"}


def test_nested_parameters_are_filled() -> None:
    template = {"Filters": [{"Name": "id", "Values": ["{Id}", "x-{Endpoint.Host}"]}], "Max": 5}
    assert filled(template, FIELDS) == {"Filters": [{"Name": "id", "Values": ["k1", "x-h"]}], "Max": 5}


def test_a_template_of_one_field_keeps_its_type() -> None:
    assert filled("{Port}", FIELDS) == 80
    assert filled("{Port}/tcp", FIELDS) == "80/tcp"


def test_a_missing_field_is_missing() -> None:
    with pytest.raises(MissingFieldError):
        filled({"Key": "{KmsKeyId}"}, FIELDS)
    assert text("arn:{KmsKeyId}", FIELDS) is None


def test_fields_are_named() -> None:
    assert list(fields_in({"a": ["{X}", "{Y.Z}"], "b": 1})) == ["X", "Y.Z"]


@pytest.mark.parametrize(
    "expression",
    [
        "Rows[?name=={Name}].v | [0]",
        "Rows[?name=='{Name}'].v | [0]",
        'ByName."{Name}"',
        "Rows[?contains(name, {Name})].v | [0]",
    ],
)
def test_a_name_in_a_path_is_never_syntax(expression: str) -> None:
    answer = {"Rows": [{"name": "other", "v": 0}, {"name": FIELDS["Name"], "v": 7}], "ByName": {FIELDS["Name"]: 7}}
    assert compiled(path(expression, FIELDS)).search(answer) == 7


def test_the_hashes_of_jmespath_are_left_alone() -> None:
    assert path("Rows[].{Name: name, V: v}", FIELDS) == "Rows[].{Name: name, V: v}"
    assert path("Rows[?v==`{}`]", FIELDS) == "Rows[?v==`{}`]"
