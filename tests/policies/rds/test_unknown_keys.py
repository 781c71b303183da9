"""Arguments of RDS that a variable without a value gives: it may be null, which leaves them out."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, UNSET, Case, cases, resource

INSTANCE, CLUSTER = "rds_instance_encrypted_at_rest", "rds_cluster_encrypted_at_rest"
SNAPSHOT, CLUSTER_SNAPSHOT = "rds_snapshot_encrypted", "rds_cluster_snapshot_encrypted"
ZONES = "rds_cluster_multi_az"
KEY = resource("aws_kms_key", "", "k")
PLAIN = resource("aws_db_instance", 'identifier = "db"', "db") + resource(
    "aws_db_snapshot", 'db_instance_identifier = aws_db_instance.db.identifier\ndb_snapshot_identifier = "s"', "s"
)
PLAIN_CLUSTER = resource("aws_rds_cluster", 'engine = "mysql"', "db") + resource(
    "aws_db_cluster_snapshot",
    'db_cluster_identifier = aws_rds_cluster.db.id\ndb_cluster_snapshot_identifier = "s"',
    "s",
)
STATES = {
    INSTANCE: (PLAIN, "aws_db_instance", "replicate_source_db = aws_db_instance.db.identifier"),
    CLUSTER: ("", "aws_rds_cluster", 'engine = "mysql"\nsnapshot_identifier = "elsewhere"'),
    SNAPSHOT: (
        PLAIN,
        "aws_db_snapshot_copy",
        'source_db_snapshot_identifier = aws_db_snapshot.s.db_snapshot_arn\ntarget_db_snapshot_identifier = "copy"',
    ),
    CLUSTER_SNAPSHOT: (
        PLAIN_CLUSTER,
        "aws_rds_cluster_snapshot_copy",
        'source_db_cluster_snapshot_identifier = aws_db_cluster_snapshot.s.id\ntarget_db_cluster_snapshot_identifier = "copy"',
    ),
}
"""Control -> what a replica, a copy or a restored cluster is made from, its type, and its arguments."""


def with_key(control: str, key: str) -> str:
    around, type, lines = STATES[control]
    return UNSET + KEY + around + resource(type, f"{lines}\nkms_key_id = {key}")


def encrypted(control: str) -> str:
    """With a key that is declared. RDS makes no encrypted replica of an instance in the clear."""
    text = with_key(control, "aws_kms_key.k.arn")
    return (
        text.replace('identifier = "db"', 'identifier = "db"\nstorage_encrypted = true')
        if control == INSTANCE
        else text
    )


test_keys = cases(
    *(Case(control, "a key that is declared", PASS, encrypted(control)) for control in STATES),
    *(Case(control, "a variable that may be null", UNKNOWN, with_key(control, "var.open")) for control in STATES),
    *(Case(control, "null", UNKNOWN if control == CLUSTER else FAIL, with_key(control, "null")) for control in STATES),
    Case(
        INSTANCE,
        "a key, and a variable tells whether it is a replica, which alone takes it without being turned on",
        UNKNOWN,
        UNSET + KEY + resource("aws_db_instance", "replicate_source_db = var.open\nkms_key_id = aws_kms_key.k.arn"),
    ),
    Case(
        ZONES,
        "a variable tells whether it is a Multi-AZ cluster",
        UNKNOWN,
        UNSET + resource("aws_rds_cluster", 'engine = "mysql"\ndb_cluster_instance_class = var.open'),
    ),
)
