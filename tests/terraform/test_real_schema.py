"""The tables against the schema of the provider that Terraform is asked with; see `tests.terraform.real.schema`."""

from __future__ import annotations

from tests.schema import oldest_schema, schema
from tests.terraform.real.schema import ANY, NEWER, newer, read_paths, types_read


def missing() -> set[tuple[str, str]]:
    return {(type_, path) for type_, path in read_paths() if path not in oldest_schema().get(type_, ())}


def test_each_path_that_is_read_exists_or_is_listed_as_newer() -> None:
    listed = set(newer())
    unlisted = {(type_, path) for type_, path in missing() if not {(type_, path), (ANY, path)} & listed}
    assert not unlisted, f"the oldest release of the provider lacks them: add to {NEWER.name}, with the major release"


def test_the_list_of_newer_arguments_has_nothing_else() -> None:
    needed = missing() | {(ANY, path) for _, path in missing()}
    assert set(newer()) - needed == set()
    assert {path for _, path in newer()} >= {"region", "primary_network_interface"}


def test_each_newer_argument_is_one_of_the_release_that_the_tables_are_written_by() -> None:
    for type_, path in newer():
        assert any(path in schema()[each] for each in ([type_] if type_ != ANY else types_read())), (type_, path)


def test_each_type_that_is_read_exists_in_both_releases_or_is_listed() -> None:
    unlisted = types_read() - set(oldest_schema()) - {type_ for type_, _ in newer()}
    assert not unlisted, (
        f"the oldest release of the provider lacks these types: add what is read of them to {NEWER.name}"
    )
    assert types_read() <= set(schema())
    assert len(read_paths()) > 300
