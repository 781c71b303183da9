"""The encryption of snapshots of RDS: of copies, in states, and where names are alike."""

from __future__ import annotations

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.recorded.state import read_state
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, all_controls, cases, resource
from tests.terraform.plans import Applied, shown_state

HALT = 'variable "unset" {}\n'
OF_INSTANCES, OF_CLUSTERS = "rds_snapshot_encrypted", "rds_cluster_snapshot_encrypted"
REST, CLUSTER_REST = "rds_instance_encrypted_at_rest", "rds_cluster_encrypted_at_rest"


def database(control: str, label: str, name: str, encrypted: str) -> str:
    """An instance or a cluster, of whose snapshots a control judges."""
    type, named = (
        ("aws_db_instance", "identifier") if control == OF_INSTANCES else ("aws_rds_cluster", "cluster_identifier")
    )
    return resource(type, f'engine = "mysql"\n{named} = "{name}"\nstorage_encrypted = {encrypted}', label)


def taken(control: str, label: str, source: str, name: str) -> str:
    """A snapshot of the database with a name."""
    kind = "db" if control == OF_INSTANCES else "db_cluster"
    of = "db_instance_identifier" if control == OF_INSTANCES else "db_cluster_identifier"
    return resource(f"aws_{kind}_snapshot", f'{of} = "{source}"\n{kind}_snapshot_identifier = "{name}"', label)


def copied(control: str, label: str, source: str, name: str, lines: str = "") -> str:
    """A copy of the snapshot with a name."""
    kind, type = (
        ("db", "aws_db_snapshot_copy") if control == OF_INSTANCES else ("db_cluster", "aws_rds_cluster_snapshot_copy")
    )
    named = f'source_{kind}_snapshot_identifier = "{source}"\ntarget_{kind}_snapshot_identifier = "{name}"'
    return resource(type, f"{named}\n{lines}", label)


def alike(control: str) -> list[Case]:
    """Snapshots and databases with the same names, and chains of copies."""
    clear = database(control, "clear", "records", "false")
    encrypted = database(control, "encrypted", "archive", "true")
    of_archive = taken(control, "of_archive", "archive", "records")
    return [
        Case(
            control,
            "of a database in the clear, whose name an encrypted snapshot has too",
            FAIL,
            terraform=clear + encrypted + of_archive + taken(control, "phi", "records", "monday"),
        ),
        Case(
            control,
            "a copy of an encrypted snapshot, whose name a database in the clear has too",
            PASS,
            terraform=clear + encrypted + of_archive + copied(control, "phi", "records", "monday"),
        ),
        Case(
            control,
            "a copy of a copy of a snapshot in the clear",
            FAIL,
            terraform=clear
            + taken(control, "t", "records", "monday")
            + copied(control, "c", "monday", "tuesday")
            + copied(control, "phi", "tuesday", "wednesday"),
        ),
        Case(
            control,
            "copies that name each other",
            UNKNOWN,
            terraform=copied(control, "phi", "tuesday", "monday") + copied(control, "o", "monday", "tuesday"),
            says="the snapshot that it is a copy of is not known",
        ),
        Case(
            control,
            "a copy with a key that may be none",
            UNKNOWN,
            terraform=HALT + copied(control, "phi", "tuesday", "monday", "kms_key_id = var.unset"),
            says="var.unset",
        ),
    ]


test_alike = cases(*alike(OF_INSTANCES), *alike(OF_CLUSTERS))

ENCRYPTED, IN_CLEAR = (
    database(OF_CLUSTERS, "c", "records", "true"),
    database(OF_INSTANCES, "i", "records", "false"),
)
REPLICA = resource("aws_db_instance", 'replicate_source_db = "records"')

test_replicas = cases(
    Case(
        REST,
        "a replica of a name that an instance and a cluster have",
        UNKNOWN,
        terraform=ENCRYPTED + IN_CLEAR + REPLICA,
        says="the source of this replica is not known",
    ),
    Case(REST, "a replica of a cluster by its name", PASS, terraform=ENCRYPTED + REPLICA),
    Case(REST, "a replica of an instance by its name", FAIL, terraform=IN_CLEAR + REPLICA),
    Case(
        REST,
        "a replica of a cluster, whose name an instance in the clear has too",
        PASS,
        terraform=ENCRYPTED + IN_CLEAR + resource("aws_db_instance", "replicate_source_db = aws_rds_cluster.c.arn"),
    ),
)

test_keys_that_may_be_none = cases(
    Case(
        REST,
        "a replica with a key that may be none",
        UNKNOWN,
        terraform=HALT + resource("aws_db_instance", 'replicate_source_db = "b"\nkms_key_id = var.unset'),
    ),
    Case(
        CLUSTER_REST,
        "restored with a key that may be none",
        UNKNOWN,
        terraform=HALT
        + resource("aws_rds_cluster", 'engine = "mysql"\nsnapshot_identifier = "b"\nkms_key_id = var.unset'),
    ),
)

DATABASES = {"aws_db_snapshot": "aws_db_instance.d", "aws_db_cluster_snapshot": "aws_rds_cluster.d"}


@pytest.mark.parametrize(
    ("type", "argument", "engine", "recorded", "expected"),
    [
        ("aws_db_snapshot", "encrypted", "mysql", False, FAIL),
        ("aws_db_snapshot", "encrypted", "mysql", True, PASS),
        ("aws_db_cluster_snapshot", "storage_encrypted", "mysql", False, FAIL),
        ("aws_db_cluster_snapshot", "storage_encrypted", "aurora-mysql", True, PASS),
        ("aws_db_cluster_snapshot", "storage_encrypted", "aurora-mysql", False, UNKNOWN),
    ],
)
@pytest.mark.parametrize("now", [True, False])
def test_a_snapshot_stays_as_it_was_taken(
    *, type: str, argument: str, engine: str, recorded: bool, expected: Status, now: bool
) -> None:
    """Its database, which was made anew since, says nothing of it."""
    control = all_controls()[OF_INSTANCES if type == "aws_db_snapshot" else OF_CLUSTERS]
    source, named = ("db_instance_identifier", "identifier")
    if control.id == OF_CLUSTERS:
        source, named = "db_cluster_identifier", "cluster_identifier"
    of_database = {named: "records", "engine": engine, "storage_encrypted": now, "arn": "arn:aws:rds:::x:records"}
    arn = f"{type.removeprefix('aws_')}_arn"
    of_snapshot = {source: "records", "engine": engine, argument: recorded, arn: "arn:aws:rds:::x:monday"}
    state = shown_state([Applied(f"{type}.phi", of_snapshot), Applied(DATABASES[type], of_database)])
    (found,) = judge([control], build_inventory(read_state(state, "state.json"), kinds_of([control])))
    assert found.status == expected
