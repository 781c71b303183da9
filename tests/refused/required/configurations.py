"""Configurations made from the table of what the providers require, each with one path left out or given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hipaa_guard.facts.readings import names_split
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.binding.required_arguments import Argument, arguments_of
from hipaa_guard.terraform.read import read
from tests.refused.instead import KINDS


def body(arguments: dict[str, Argument], skip: str, given: dict[str, str], prefix: str = "") -> str:
    """Everything that is required, and the blocks on the way to what is given, without one path."""
    written = []
    for name, argument in arguments.items():
        path = f"{prefix}{name}"
        on_the_way = any(f"{each}.".startswith(f"{path}.") for each in (*given, skip))
        if path == skip or not (argument.required or on_the_way):
            continue
        if argument.inner:
            written.append(f"{name} {{\n{body(argument.inner, skip, given, f'{path}.')}}}\n")
        else:
            value = given.get(path, '["x"]' if argument.collection else '"0"')
            written.append(f"{name} = {value}\n")
    return "".join(written)


def attributes(arguments: dict[str, Argument], skip: str, given: dict[str, str], prefix: str = "") -> str:
    """As `body`, with objects for blocks, as the awscc provider has them."""
    return body(arguments, skip, given, prefix).replace(" {\n", " = {\n")


OF_KIND = {
    "cloudwatch_logs.AccountSubscription": {"policy_type": '"SUBSCRIPTION_FILTER_POLICY"'},
    "log_retention.RetentionPolicy": {"policy_type": '"RETENTION_POLICY"'},
}
"""The values of required arguments that make a resource one of the kind."""


def text(kind: type[Resource], type_: str, skip: str, given: dict[str, str]) -> str:
    """A resource of a kind, and where `type_` is a split resource, that too."""
    assert kind.terraform is not None
    main = type_ if type_ in kind.terraform.types else kind.terraform.types[0]
    write = attributes if type_.startswith("awscc_") else body
    given = {**OF_KIND.get(kind.kind, {}), **given}
    if type_ == main:
        return f'resource "{main}" "phi" {{\n{write(arguments_of(type_), skip, given)}}}\n'
    by = next(iter(kind.terraform.pointing(type_)), "")
    given = {**given, by: f"{main}.phi.id"}
    rest = write(arguments_of(type_), skip, given)
    pointer = "" if f"{by} = " in rest else f"{by} = {given[by]}\n"
    own = body(arguments_of(main), "", {})
    return f'resource "{main}" "phi" {{\n{own}}}\nresource "{type_}" "s" {{\n{pointer}{rest}}}\n'


def paths(kind: type[Resource]) -> Iterator[tuple[Fact, str, str]]:
    """Each fact with each type and path that it is read from, of types of which something is required."""
    assert kind.terraform is not None
    for fact in kind.facts.values():
        for type_ in kind.terraform.types:
            for reading in fact.readings(type_):
                if isinstance(reading, str):
                    head, _, rest = reading.partition(".")
                    yield (fact, head, rest) if names_split(reading) else (fact, type_, reading)


def required_steps(type_: str, path: str) -> list[str]:
    """The path and those above it, as far as they are required."""
    found, arguments, done = [], arguments_of(type_), ""
    for step in path.split("."):
        argument = arguments.get(step)
        if argument is None:
            break
        done = f"{done}.{step}".lstrip(".")
        if argument.required:
            found.append(done)
        arguments = argument.inner
    return found


WHOLE = [kind for kind in KINDS if kind.terraform is not None and not kind.terraform.inside]
"""The kinds that whole blocks declare. A part of a block is told by the arguments of the part."""


def resource(text: str, kind: type[Resource], directory: Path) -> Resource | None:
    """The resource called ``phi``; None where it is not of the kind."""
    (directory / "main.tf").write_text(text)
    found = build_inventory(read(directory)[0], [kind])
    return next((one for one in found if (one.origin.address or "").endswith(".phi")), None)


def says_whose(kind: type[Resource], type_: str, path: str) -> bool:
    """Whether a path of a split resource is that by which it names the resource it is part of."""
    assert kind.terraform is not None
    return path == kind.terraform.joins.get(type_, kind.terraform.joined_by) and type_ not in kind.terraform.types
