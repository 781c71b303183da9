"""Databases: who signs in is who they say they are."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Inventory, Member, Verdict, failed, family, not_applicable, passed
from hipaa_guard.controls.advice import SIGN_IN_BY_IAM
from hipaa_guard.judging.database_settings import is_custom, replicates
from hipaa_guard.services import rds

_USERS = (
    "Users sign in so only once they may: PostgreSQL grants them rds_iam, after which their password no longer works, "
    "MySQL and MariaDB create them with AWSAuthenticationPlugin; IAM allows rds-db:connect. All others keep their "
    "passwords."
)
_WITH_IAM = ("mysql", "mariadb", "postgres", "aurora")
"""How the names of engines begin that take IAM tokens."""


@family(
    Member(
        "rds_instance_iam_authentication",
        rds.Instance,
        title="RDS instances accept sign-in with IAM",
        fix=Fix(
            sets="aws_db_instance.iam_database_authentication_enabled = true",
            given='aws_db_instance.engine = "postgres"',
            cli="aws rds modify-db-instance --db-instance-identifier INSTANCE --enable-iam-database-authentication --apply-immediately",
            note=_USERS,
        ),
        peers={
            "prowler": "rds_instance_iam_authentication_enabled",
            "powerpipe": "rds_db_instance_iam_authentication_enabled",
            "checkov": "CKV_AWS_161",
            "trivy": "AVD-AWS-0176",
        },
        advisory=SIGN_IN_BY_IAM,
    ),
    Member(
        "rds_cluster_iam_authentication",
        rds.Cluster,
        title="RDS clusters accept sign-in with IAM",
        fix=Fix(
            sets="aws_rds_cluster.iam_database_authentication_enabled = true",
            given='aws_rds_cluster.engine = "aurora-postgresql"',
            cli="aws rds modify-db-cluster --db-cluster-identifier CLUSTER --enable-iam-database-authentication --apply-immediately",
            note=_USERS,
        ),
        peers={
            "prowler": "rds_cluster_iam_authentication_enabled",
            "checkov": "CKV_AWS_162",
            "trivy": "AVD-AWS-0176",
        },
        advisory=SIGN_IN_BY_IAM,
    ),
    severity=LOW,
    hipaa=("164.312(d)",),
    why="Tokens of IAM belong to one person or workload and last 15 minutes; passwords of a database are shared and stay.",
)
def iam_authentication(store: rds.Instance | rds.Cluster, inventory: Inventory) -> Verdict:
    if store.iam_authentication:
        return passed("accepts sign-in with IAM")
    engine = rds.engine_of(store, inventory)
    if not engine.startswith(_WITH_IAM):
        return not_applicable(f"runs {engine}, which has no sign-in with IAM")
    return failed("accepts passwords of the database only")


_TAKEN_OVER = (
    "RDS changes the password at once and then every seven days, and Secrets Manager bills the secret. Take `password` "
    "or `master_password` out of the configuration: the provider refuses both together. Only SQL Server can then have "
    "further read replicas."
)


@family(
    Member(
        "rds_instance_master_password_managed",
        rds.Instance,
        title="RDS instances keep the master password in Secrets Manager, which rotates it",
        fix=Fix(
            terraform="""
                resource "aws_db_instance" "phi" {
                  manage_master_user_password = true
                }
            """,
            cli="aws rds modify-db-instance --db-instance-identifier INSTANCE --manage-master-user-password --apply-immediately",
            note=_TAKEN_OVER,
            not_by_machine="needs everybody who signs in to read the password from Secrets Manager",
            consequences=("changes_password", "starts_rotation", "cuts_access", "costs_money"),
        ),
    ),
    Member(
        "rds_cluster_master_password_managed",
        rds.Cluster,
        title="RDS clusters keep the master password in Secrets Manager, which rotates it",
        fix=Fix(
            terraform="""
                resource "aws_rds_cluster" "phi" {
                  manage_master_user_password = true
                }
            """,
            cli="aws rds modify-db-cluster --db-cluster-identifier CLUSTER --manage-master-user-password --apply-immediately",
            note=_TAKEN_OVER,
            not_by_machine="needs everybody who signs in to read the password from Secrets Manager",
            consequences=("changes_password", "starts_rotation", "cuts_access", "costs_money"),
        ),
    ),
    severity=MEDIUM,
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(d)"),
    why="A master password that people set stands in source, state or chat and is never changed; it opens all ePHI.",
)
def master_password_managed(store: rds.Instance | rds.Cluster, inventory: Inventory) -> Verdict:
    declared = store.origin.source == "terraform"
    if store.password_managed:
        if not declared and store.rotation_state == "impaired":
            return failed("has a master password that Secrets Manager keeps, but can no longer rotate: it is impaired")
        return passed("has a master password that Secrets Manager keeps and rotates")
    if isinstance(store, rds.Instance) and store.source is not None:
        return not_applicable("is a read replica: it has the users of its source")
    if isinstance(store, rds.Instance) and is_custom(store):
        return not_applicable("is an RDS Custom instance, whose password RDS cannot manage")
    if declared and store.master_sign_in == "iam-db-auth":
        return not_applicable("has a master user who signs in with IAM, without a password")
    if isinstance(store, rds.Cluster) and replicates(store, inventory):
        return not_applicable("replicates or belongs to a global database, where RDS cannot manage the password")
    return failed("has a master password that Secrets Manager does not manage")
