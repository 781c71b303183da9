"""What a control is, selecting controls, planning facts, and judging."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hipaa_guard.authoring import HIGH, LOW, Fix, Inventory, Member, Verdict, control, failed, family, passed
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import MOST_EVIDENCE, fingerprint, judge
from hipaa_guard.controls.loading import ControlError, load, select
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.origin import Origin, Trace
from hipaa_guard.facts.readings import Block, Listing, listed
from hipaa_guard.facts.resource import Fact, Resource, fact
from hipaa_guard.facts.values import Cause, Unknown, Value
from tests.given_facts import GivenFacts


class Room(Resource):
    """A room."""

    terraform = Block("house_room", name="name")
    aws = Listing("house.list_rooms", "Rooms[]", name="Name")

    locked: bool = fact(terraform="locked", unset=False, aws=listed("Locked"))
    keys: int = fact(terraform="keys", unset=0, aws=listed("Keys"))
    lit: bool = fact(aws=listed("Lit"), live_only="light is not declared")

    def is_safe(self) -> bool:
        return self.locked and self.keys > 0


class Cellar(Resource):
    """A cellar."""

    terraform = Block("house_cellar", name="name")
    aws = Listing("house.list_cellars", "Cellars[]", name="Name", of=Room)

    damp: bool = fact(terraform="damp", unset=False, aws=listed("Damp"))


class Vault(Room):
    """A room with a thick door."""

    terraform = Block("house_vault", name="name")
    aws = Listing("house.list_vaults", "Vaults[]", name="Name")


def room(name: str = "study", **values: Value) -> Room:
    origin = Origin("test_controls.Room", "house_room", name, "terraform", address=f"house_room.{name}")
    return Room(origin, GivenFacts(**values))


def vault(**values: Value) -> Vault:
    origin = Origin("test_controls.Vault", "house_vault", "v", "terraform", address="house_vault.v")
    return Vault(origin, GivenFacts(**values))


def inventory(*resources: Resource, unlisted: dict[str, Unknown] | None = None) -> Inventory:
    return Inventory(resources, source="terraform", kinds=[Room, Cellar, Vault], unlisted=unlisted)


def of(judge: object, id: str = "room_locked") -> Control:
    made = control(
        title="Rooms are locked", severity=HIGH, hipaa=("164.310(a)(1)",), why="So.", fix=Fix(note="Lock it.")
    )
    assert callable(judge)
    return replace(made(judge), id=id)


def room_locked(room: Room) -> Verdict:
    return passed("is locked") if room.locked else failed("is open")


LOCKED = of(room_locked)


@pytest.mark.parametrize(
    ("value", "status", "message"),
    [
        (True, Status.PASS, "is locked"),
        (False, Status.FAIL, "is open"),
        ("true", Status.PASS, "is locked"),
        (None, Status.FAIL, "is open"),
        (Unknown("var.locked has no value", Cause.VARIABLE), Status.UNKNOWN, "locked: var.locked has no value"),
        ("perhaps", Status.UNKNOWN, "perhaps"),
    ],
)
def test_a_verdict_follows_the_fact(value: Value, status: Status, message: str) -> None:
    (finding,) = judge([LOCKED], inventory(room(locked=value)))
    assert finding.status is status
    assert message in finding.message


def test_a_fact_that_this_source_never_shows_is_not_applicable() -> None:
    def room_lit(room: Room) -> Verdict:
        return passed("is lit") if room.lit else failed("is dark")

    (finding,) = judge([of(room_lit)], inventory(room()))
    assert finding.status is Status.NOT_APPLICABLE
    assert "light is not declared" in finding.message


def test_a_control_that_breaks_is_unknown_and_keeps_its_traceback() -> None:
    def room_breaks(room: Room) -> Verdict:
        raise LookupError(room.label)

    findings = list(judge([of(room_breaks), LOCKED], inventory(room(locked=True))))
    assert [finding.status for finding in findings] == [Status.UNKNOWN, Status.PASS]
    assert "LookupError" in (findings[0].error or "")


def test_what_could_not_be_listed_is_said() -> None:
    denied = Unknown("access denied to house:ListRooms", Cause.DENIED, action="house:ListRooms")
    seen, rest = judge([LOCKED], inventory(room(locked=True), unlisted={Room.kind: denied}))
    assert seen.status is Status.PASS
    assert (rest.status, rest.cause, rest.action) == (Status.UNKNOWN, Cause.DENIED, "house:ListRooms")


def test_a_control_judges_the_kinds_derived_from_its_own() -> None:
    found = list(judge([LOCKED], inventory(vault(locked=False), room(locked=True))))
    assert [(one.resource.kind, one.status) for one in found] == [
        ("test_controls.Room", Status.PASS),
        ("test_controls.Vault", Status.FAIL),
    ]
    assert Room.narrower() == (Room, Vault)


def test_a_control_of_a_derived_kind_judges_no_wider_one() -> None:
    def vault_locked(vault: Vault) -> Verdict:
        return passed("is locked") if vault.locked else failed("is open")

    found = list(judge([of(vault_locked), LOCKED], inventory(room(locked=False), vault(locked=True))))
    assert sorted((one.resource.kind, one.status.value) for one in found) == [
        ("test_controls.Room", "fail"),
        ("test_controls.Vault", "pass"),
        ("test_controls.Vault", "pass"),
    ]


def test_derived_kinds_that_could_not_be_listed_are_said_once() -> None:
    denied = Unknown("access denied to house:ListRooms", Cause.DENIED, action="house:ListRooms")
    (both,) = judge([LOCKED], inventory(unlisted={Room.kind: denied, Vault.kind: denied}))
    assert both.resource.kind == Room.kind
    seen, rest = judge([LOCKED], inventory(room(locked=True), unlisted={Vault.kind: denied}))
    assert (seen.status, rest.status, rest.resource.kind) == (Status.PASS, Status.UNKNOWN, Vault.kind)
    assert "not every test_controls.Vault could be listed" in rest.message


def test_evidence_names_what_was_read_and_is_bounded() -> None:
    def all_locked(room: Room, inventory: Inventory) -> Verdict:
        return (
            passed("has locked neighbours") if all(each.locked for each in inventory.all(Room)) else failed("has not")
        )

    rooms = [room(f"room{number}", locked=True) for number in range(50)]
    finding = next(iter(judge([of(all_locked)], inventory(*rooms))))
    assert len(finding.evidence) == MOST_EVIDENCE
    assert (finding.evidence[0].fact, finding.evidence[0].value) == ("locked", "true")


def test_a_family_is_one_function_and_a_control_for_each_kind() -> None:
    @family(
        Member("room_dry", Room, "Rooms are dry", Fix(note="Air it.")),
        Member(
            "cellar_dry", Cellar, "Cellars are dry", Fix(note="Drain it."), severity=LOW, peers={"checkov": "CKV_X_1"}
        ),
        severity=HIGH,
        hipaa=("164.310(a)(1)",),
        why="So.",
    )
    def dry(place: Room | Cellar) -> Verdict:
        return passed(f"is dry: {place.label}")

    assert [(made.id, made.kind, made.severity) for made in dry] == [
        ("room_dry", Room, HIGH),
        ("cellar_dry", Cellar, LOW),
    ]
    assert dry[1].peers == {"checkov": ("CKV_X_1",)}


def test_facts_are_wanted_through_methods_nested_functions_and_neighbours() -> None:
    def room_safe(room: Room, inventory: Inventory) -> Verdict:
        def damp() -> bool:
            return any(cellar.damp for cellar in inventory.all(Cellar))

        return passed("is safe") if room.is_safe() and not damp() else failed("is not")

    made = of(room_safe)
    # The kind is named inside a nested function, and its facts are read by a method.
    globals_of_the_function = room_safe.__globals__
    assert globals_of_the_function["Cellar"] is Cellar
    assert {kind.kind: facts for kind, facts in wanted_facts([made]).items()} == {
        "test_controls.Room": {"locked", "keys"},
        "test_controls.Vault": {"locked", "keys"},
        "test_controls.Cellar": {"damp"},
    }


def test_a_fact_is_wanted_only_of_the_kinds_whose_control_reads_it() -> None:
    controls = select(load(()), ["kms_key_rotation_enabled", "s3_bucket_tls_required"], ())
    wanted = {kind.kind: facts for kind, facts in wanted_facts(controls).items()}
    assert "policy" in wanted["s3.Bucket"]
    assert "policy" not in wanted["kms.Key"]


def test_parents_of_listed_kinds_are_collected() -> None:
    def cellar_dry(cellar: Cellar) -> Verdict:
        return failed("is damp") if cellar.damp else passed("is dry")

    assert kinds_of([of(cellar_dry)]) == [Cellar, Room]


ORIGIN = Origin("s3.Bucket", "aws_s3_bucket", "b", "terraform", address="aws_s3_bucket.b", root="a")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"location": Location("moved.tf", 90, 99)}, True),
        ({"name": "renamed-bucket"}, True),
        ({"root": "b"}, False),
        ({"address": "aws_s3_bucket.b[0]"}, False),
        ({"kind": "s3.Other"}, False),
    ],
)
def test_a_fingerprint_survives_what_is_no_change(change: dict[str, Value], same: bool) -> None:
    assert (fingerprint("x", ORIGIN) == fingerprint("x", replace(ORIGIN, **change))) is same


def test_selecting_understands_old_ids_and_suggests_for_unknown_ones() -> None:
    renamed = replace(LOCKED, id="room_is_locked", previous_ids=("room_locked",))
    assert select([renamed], ["room_locked"]) == [renamed]
    assert select([renamed], [], skip=["room_locked"]) == []
    with pytest.raises(ControlError, match="room_is_locked"):
        select([renamed], ["room_is_lokced"])


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"terraform": "a"},
        {"terraform": "a", "unset": None},
        {"aws": listed("A")},
        {"terraform": "a", "unset": None, "aws": listed("A"), "live_only": "no"},
        {"terraform": "a", "aws": listed("A")},
    ],
)
def test_a_fact_must_have_both_readings_or_a_reason(arguments: dict[str, Value]) -> None:
    with pytest.raises(TypeError, match=r"a fact"):
        fact(**arguments)


class Plan(Resource):
    """A plan of the house, which only source has."""

    terraform = Block("house_plan", name="name")
    terraform_only = "a live account has no plans"


def test_a_kind_that_a_source_does_not_have_is_not_missed_there() -> None:
    def plan_fine(plan: Plan) -> Verdict:
        return passed("is fine")

    assert list(judge([of(plan_fine)], Inventory([], source="aws", kinds=[Room]))) == []


def test_the_place_that_decided_is_that_of_the_last_fact_read() -> None:
    class Written(GivenFacts):
        def trace(self, fact: Fact) -> Trace:
            return Trace("", Location("house.tf", 7, 7) if fact.name == "locked" else None)

    def with_keys(room: Room) -> Verdict:
        return passed("is locked") if room.locked and room.keys else failed("is open")

    origin = Origin("test_controls.Room", "house_room", "study", "terraform", address="house_room.study")
    open_room, keyless = Room(origin, Written(locked=False)), Room(origin, Written(locked=True))
    decided = [next(iter(judge([of(with_keys)], inventory(each)))).decided_at for each in (open_room, keyless)]
    assert decided == [Location("house.tf", 7, 7), None]
