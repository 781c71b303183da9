"""What a control is that was declared with a shared judgement, and what it asks for and says."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import pytest

from hipaa_guard.authoring import (
    HIGH,
    LOW,
    DeclarationError,
    Fix,
    Inventory,
    Resource,
    Verdict,
    failed,
    judgement,
    passed,
)
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.readings import Block, Listing, listed
from hipaa_guard.facts.resource import fact
from hipaa_guard.facts.values import Cause, Reference, Unknown, Value
from tests.given_facts import GivenFacts


class Lock(Resource):
    """A lock."""

    terraform = Block("house_lock", name="name")
    aws = Listing("house.list_locks", "Locks[]", name="Name")

    maker: str = fact(terraform="maker", unset="", aws=listed("Maker"))


class Door(Resource):
    """A door."""

    terraform = Block("house_door", name="name")
    aws = Listing("house.list_doors", "Doors[]", name="Name")

    lock: str | None = fact(terraform="lock", unset=None, aws=listed("Lock"))
    walled_up: bool = fact(terraform="walled_up", unset=False, aws=listed("WalledUp"))
    colour: str = fact(terraform="colour", unset="", aws=listed("Colour"))


FIX = Fix(note="Lock it.")


@judgement(severity=HIGH, hipaa=("164.310(a)(1)",), why="Anyone walks in.")
def locked(lock: str | None, resource: Resource, inventory: Inventory) -> Verdict:
    if lock is None:
        return failed(f"{resource.label} is open")
    found = inventory.find(Lock, lock)
    return passed("has a good lock") if found is not None and found.maker == "Best" else failed("has a poor lock")


@locked(title="Doors are locked", fix=FIX, peers={"checkov": "CKV_X_1"}, previous_ids=("door_shut",))
def door_locked(door: Door) -> str | None:
    return door.lock


@locked(title="Doors in use are locked", fix=FIX, severity=LOW, hipaa=("164.310(b)",), why="So.")
def door_in_use_locked(door: Door, inventory: Inventory) -> str | Verdict | None:
    if door.walled_up and inventory.complete is False:
        return passed("is no way in")
    return door.lock


def door(**values: Value) -> Door:
    origin = Origin(Door.kind, "house_door", "front", "terraform", address="house_door.front")
    return Door(origin, GivenFacts(**values))


def lock(maker: str) -> Lock:
    origin = Origin(Lock.kind, "house_lock", "l", "terraform", address="house_lock.l", keys=frozenset({"l"}))
    return Lock(origin, GivenFacts(maker=maker))


def told(control: Control, *resources: Resource) -> tuple[Status, str]:
    inventory = Inventory(resources, source="terraform", kinds=[Door, Lock])
    (finding,) = [each for each in judge([control], inventory) if each.resource.kind == Door.kind]
    return finding.status, finding.message


def test_the_function_gives_id_kind_and_place_and_the_judgement_the_rest() -> None:
    assert (door_locked.id, door_locked.kind, door_locked.title) == ("door_locked", Door, "Doors are locked")
    assert (door_locked.severity, door_locked.hipaa, door_locked.why) == (HIGH, ("164.310(a)(1)",), "Anyone walks in.")
    assert door_locked.peers == {"checkov": ("CKV_X_1",)}
    assert door_locked.previous_ids == ("door_shut",)
    assert (door_locked.module, door_locked.safeguard) == (__name__, "controls")
    file, line = door_locked.declared_at
    lines = inspect.getsource(inspect.getmodule(test_the_function_gives_id_kind_and_place_and_the_judgement_the_rest))  # type: ignore[arg-type]
    assert file == __file__
    assert lines.splitlines()[line - 1].startswith('@locked(title="Doors are locked"')


def test_a_control_may_say_otherwise_how_bad_it_is_what_it_cites_and_why() -> None:
    assert (door_in_use_locked.severity, door_in_use_locked.hipaa) == (LOW, ("164.310(b)",))
    assert door_in_use_locked.why == "So."


def test_what_the_judgement_and_the_function_read_is_asked_for_and_nothing_else() -> None:
    assert kinds_of([door_locked]) == [Door, Lock]
    assert wanted_facts([door_locked]) == {Door: {"lock"}, Lock: {"maker"}}
    assert wanted_facts([door_in_use_locked])[Door] == {"lock", "walled_up"}


@pytest.mark.parametrize(
    ("value", "others", "status", "message"),
    [
        (None, (), Status.FAIL, "house_door.front is open"),
        ("l", (lock("Best"),), Status.PASS, "has a good lock"),
        ("l", (lock("Worst"),), Status.FAIL, "has a poor lock"),
        (Reference("house_lock.l", "id"), (lock("Best"),), Status.PASS, "has a good lock"),
        (Unknown("var.lock has no value", Cause.VARIABLE), (), Status.UNKNOWN, "lock: var.lock has no value"),
    ],
)
def test_the_judgement_says_what_the_fact_means(
    value: Value, others: tuple[Resource, ...], status: Status, message: str
) -> None:
    said = told(door_locked, door(lock=value), *others)
    assert (said[0], message in said[1]) == (status, True)


def test_a_verdict_of_the_function_stands() -> None:
    assert told(door_in_use_locked, door(walled_up=True)) == (Status.PASS, "is no way in")
    assert told(door_in_use_locked, door(walled_up=False))[0] is Status.FAIL


@pytest.mark.parametrize(
    "value", [True, 5, b"l", ["l"], Verdict, door, object()], ids=lambda value: type(value).__name__
)
def test_a_value_of_another_type_decides_nothing(value: object) -> None:
    @locked(title="Doors are odd", fix=FIX)
    def door_odd(door: Door) -> str | None:
        return value  # type: ignore[return-value]

    status, message = told(door_odd, door())
    assert status is Status.UNKNOWN
    assert f"it told a value of the type {type(value).__name__}" in message


@judgement(severity=LOW, hipaa=("164.310(a)(1)",), why="So.")
def painted(colour: str, *_: object, what: str, coat: str = "paint") -> Verdict:
    return passed(f"has {coat} on {what}") if colour else failed(f"has no {coat} on {what}")


@painted(title="Doors are painted", fix=FIX, what="both sides")
def door_painted(door: Door) -> str:
    return door.colour


@painted(title="Doors are varnished", fix=FIX, what="the frame", coat="varnish")
def door_varnished(door: Door) -> str:
    return door.colour


def test_the_words_of_each_control_are_in_its_messages() -> None:
    assert told(door_painted, door(colour="red")) == (Status.PASS, "has paint on both sides")
    assert told(door_painted, door(colour="")) == (Status.FAIL, "has no paint on both sides")
    assert told(door_varnished, door(colour="")) == (Status.FAIL, "has no varnish on the frame")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({}, "@painted: what is missing"),
        ({"what": "it", "cote": "paint"}, "@painted: there is no argument 'cote': did you mean coat"),
        ({"what": ""}, "@painted: what is empty"),
        ({"what": 5}, "@painted: what is a text, not 5"),
    ],
)
def test_words_that_are_missing_unknown_or_no_text_are_refused(words: dict[str, Any], fault: str) -> None:
    with pytest.raises(DeclarationError, match=fault):
        painted(title="Doors are odd", fix=FIX, **words)


def test_a_judgement_without_words_takes_none() -> None:
    with pytest.raises(DeclarationError, match="@locked: there is no argument 'what': there are title, fix"):
        locked(title="Doors are odd", fix=FIX, what="it")


def test_a_judgement_without_a_reason_leaves_it_to_each_control() -> None:
    bare = replace(locked, why=None)
    with pytest.raises(DeclarationError, match="door_bare: why is empty"):

        @bare(title="Doors are bare", fix=FIX)
        def door_bare(door: Door) -> str | None:
            return door.lock


def test_a_function_that_returns_nothing_is_refused() -> None:
    def door_mute(door: Door) -> str | None:  # type: ignore[return]
        door.lock  # noqa: B018 - somebody forgot to return it

    with pytest.raises(DeclarationError, match="it returns nothing"):
        locked(title="Doors are mute", fix=FIX)(door_mute)


def test_a_function_with_a_constant_for_an_answer_is_a_function() -> None:
    @locked(title="Doors are open", fix=FIX)
    def door_open(door: Door) -> str | None:
        if door.walled_up:
            return "l"
        return None

    assert told(door_open, door())[0] is Status.FAIL
