"""The controls on how RDS is run: sign-in, monitoring and upgrades, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases, resource
from tests.policies.rds.states import (
    applied,
    cluster,
    instance,
    member,
    replica,
    without_password,
)

IAM, CLUSTER_IAM = "rds_instance_iam_authentication", "rds_cluster_iam_authentication"
SECRET, CLUSTER_SECRET = "rds_instance_master_password_managed", "rds_cluster_master_password_managed"
MONITORING, MEMBER_MONITORING = "rds_instance_enhanced_monitoring", "rds_cluster_instance_enhanced_monitoring"
UPGRADE, MEMBER_UPGRADE = "rds_instance_auto_minor_upgrade", "rds_cluster_auto_minor_upgrade"
WITH_IAM = "iam_database_authentication_enabled = true"
MANAGED = "manage_master_user_password = true"


def of_secret(state: str) -> Told:
    """An instance whose password RDS manages, in an account."""
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-AbCdEf"
    secret = {"SecretArn": arn, "SecretStatus": state}
    return applied(Told(aws=lambda _: None), "postgres", "in-sync", MasterUserSecret=secret)


OPEN = 'variable "open" {}\n'


def custom(engine: str, lines: str = "", **changes: Any) -> Told:
    """An instance of RDS Custom, which moto lacks."""
    return Told(instance(lines, engine=engine).text) | applied(Told(aws=lambda _: None), engine, "in-sync", **changes)


def of_master(type: str, signs_in: str) -> str:
    """An instance or cluster of `awscc`, whose argument says how the master user signs in."""
    return resource(type, f'engine = "aurora-postgresql"\nmaster_user_authentication_type = {signs_in}')


def of_world(told: Told, source: str) -> str:
    """A cluster, and a global database that is made of a cluster."""
    label = "records" if '"records"' in told.text else "phi"
    named = source.replace("LABEL", label)
    quoted = named if named.startswith("aws_") else f'"{named}"'
    # Releases before 6 take a source only beside force_destroy.
    lines = f"source_db_cluster_identifier = {quoted}\nforce_destroy = true" if source else 'engine = "aurora-mysql"'
    world = resource("aws_rds_global_cluster", f'global_cluster_identifier = "world"\n{lines}', "world")
    return told.text + "\n" + world


test_authentication = cases(
    Case(IAM, "left out", FAIL, instance()),
    Case(IAM, "on", PASS, instance(WITH_IAM, EnableIAMDatabaseAuthentication=True)),
    Case(IAM, "SQL Server, which has none", NOT_APPLICABLE, instance(engine="sqlserver-ee"), says="sqlserver-ee"),
    Case(CLUSTER_IAM, "left out", FAIL, cluster()),
    Case(CLUSTER_IAM, "on", PASS, cluster(WITH_IAM, EnableIAMDatabaseAuthentication=True)),
    Case(SECRET, "a password of one's own", FAIL, instance('password = "not-a-real-password"')),
    Case(SECRET, "managed", PASS, without_password(instance(MANAGED), ManageMasterUserPassword=True)),
    *(
        Case(SECRET, f"managed, and its secret is {state}", verdict, of_secret(state))
        for state, verdict in (("active", PASS), ("rotating", PASS), ("creating", PASS), ("impaired", FAIL))
    ),
    Case(SECRET, "a read replica", NOT_APPLICABLE, replica()),
    Case(SECRET, "RDS Custom, where RDS manages no password", NOT_APPLICABLE, custom("custom-sqlserver-se")),
    Case(SECRET, "an engine that is not known", UNKNOWN, instance(engine="${var.open}").in_terraform(OPEN)),
    *(
        Case(control, f"the master user signs in with {means}", verdict, terraform=OPEN + of_master(type, value))
        for control, type in ((SECRET, "awscc_rds_db_instance"), (CLUSTER_SECRET, "awscc_rds_db_cluster"))
        for means, value, verdict in (
            ("IAM", '"iam-db-auth"', NOT_APPLICABLE),
            ("a password", '"password"', FAIL),
            ("what a variable says", "var.open", UNKNOWN),
        )
    ),
    Case(CLUSTER_SECRET, "a password of one's own", FAIL, cluster('master_password = "not-a-real-password"')),
    Case(CLUSTER_SECRET, "managed", PASS, without_password(cluster(MANAGED), ManageMasterUserPassword=True)),
    Case(
        CLUSTER_SECRET,
        "of a global database",
        NOT_APPLICABLE,
        cluster('global_cluster_identifier = "world"').in_terraform(),
    ),
    *(
        Case(control, f"the first cluster of a global database{more}", verdict, terraform=of_world(told, source))
        for control, told in ((CLUSTER_SECRET, cluster()), (MEMBER_UPGRADE, member()))
        for more, source, verdict in (
            ("", "aws_rds_cluster.LABEL.arn", NOT_APPLICABLE),
            (", as a module may name it", "${aws_rds_cluster.LABEL.arn}", NOT_APPLICABLE),
            (" of another cluster", "elsewhere", FAIL if control == CLUSTER_SECRET else PASS),
            (" without a source", "", FAIL if control == CLUSTER_SECRET else PASS),
        )
    ),
)


def sibling(of: str = "records", *, upgrades: bool) -> Told:
    """Another instance of a cluster, whose name may be a variable in Terraform."""

    def seed(aws: Aws) -> None:
        if of != "records":
            aws.rds.create_db_cluster(
                DBClusterIdentifier=of,
                Engine="aurora-mysql",
                MasterUsername="admin",
                MasterUserPassword="not-a-real-one",
            )
        aws.rds.create_db_instance(
            DBInstanceIdentifier="sibling",
            DBClusterIdentifier=of,
            Engine="aurora-mysql",
            DBInstanceClass="db.r5.large",
            AutoMinorVersionUpgrade=upgrades,
        )

    declared = f"aws_rds_cluster.{of}.id" if of.isalpha() else of
    another = "" if of != "others" else resource("aws_rds_cluster", 'engine = "aurora-mysql"', of)
    lines = f'cluster_identifier = {declared}\nengine = "aurora-mysql"\nauto_minor_version_upgrade = {str(upgrades).lower()}'
    return Told(another + resource("aws_rds_cluster_instance", lines, "sibling"), seed)


def of_global_database(session: Any) -> None:
    """An instance of a cluster of a global database, of which moto does not tell."""
    place = "arn:aws:rds:us-east-1:123456789012"
    told = {"DBClusterIdentifier": "records", "Engine": "aurora-mysql", "GlobalClusterIdentifier": "world"}
    answered(
        session, "rds", "DescribeDBClusters", {"DBClusters": [{**told, "DBClusterArn": f"{place}:cluster:records"}]}
    )
    member = {"DBInstanceIdentifier": "phi-member", "DBInstanceArn": f"{place}:db:phi-member", "Engine": "aurora-mysql"}
    more = {"DBClusterIdentifier": "records", "AutoMinorVersionUpgrade": True}
    answered(session, "rds", "DescribeDBInstances", {"DBInstances": [{**member, **more}]})


MONITORED: dict[str, Any] = {"MonitoringInterval": 60, "MonitoringRoleArn": "arn:aws:iam::123456789012:role/monitoring"}


def monitored_member(seconds: int) -> Told:
    """An instance of a cluster, with an answer that moto lacks for members."""
    answer = {
        "DBInstanceIdentifier": "phi-member",
        "DBInstanceArn": "arn:aws:rds:us-east-1:123456789012:db:phi-member",
        "DBClusterIdentifier": "records",
        "Engine": "aurora-mysql",
        "MonitoringInterval": seconds,
    }
    return Told(
        terraform=member(f"monitoring_interval = {seconds}").text,
        aws=lambda _: None,
        answers=lambda session: answered(session, "rds", "DescribeDBInstances", {"DBInstances": [answer]}),
    )


test_operation = cases(
    Case(MONITORING, "left out", FAIL, instance()),
    Case(MONITORING, "every minute", PASS, instance("monitoring_interval = 60", **MONITORED), says="60"),
    Case(MONITORING, "an interval of nothing", FAIL, instance("monitoring_interval = 0").in_terraform()),
    Case(
        MONITORING,
        "left out of RDS Custom, which has none",
        NOT_APPLICABLE,
        instance(engine="custom-sqlserver-se").in_terraform(),
        says="RDS Custom",
    ),
    Case(
        MONITORING,
        "left out, and the engine is not known",
        UNKNOWN,
        instance(engine="${var.open}").in_terraform('\nvariable "open" {}'),
    ),
    Case(MEMBER_MONITORING, "off", FAIL, monitored_member(0)),
    Case(MEMBER_MONITORING, "every 15 seconds", PASS, monitored_member(15)),
    Case(
        MEMBER_MONITORING,
        "left out, and set for the cluster",
        PASS,
        terraform=member().text.replace('engine = "aurora-mysql"\n        }', "monitoring_interval = 30\n }", 1),
        says="30",
    ),
    Case(MEMBER_MONITORING, "left out, and for the cluster too", FAIL, member().in_terraform()),
    Case(UPGRADE, "left out", PASS, instance()),
    Case(UPGRADE, "off", FAIL, instance("auto_minor_version_upgrade = false", AutoMinorVersionUpgrade=False)),
    Case(
        UPGRADE,
        "off, as RDS Custom asks",
        NOT_APPLICABLE,
        custom("custom-oracle-ee", "auto_minor_version_upgrade = false", AutoMinorVersionUpgrade=False),
    ),
    Case(UPGRADE, "left out of RDS Custom", NOT_APPLICABLE, instance(engine="custom-sqlserver-se").in_terraform()),
    Case(UPGRADE, "left out, and it may be RDS Custom", UNKNOWN, instance(engine="${var.open}").in_terraform(OPEN)),
    Case(MEMBER_UPGRADE, "left out", PASS, member()),
    Case(MEMBER_UPGRADE, "beside one with the same", PASS, member() + sibling(upgrades=True)),
    Case(
        MEMBER_UPGRADE, "beside one that holds all back", FAIL, member() + sibling(upgrades=False), says="same cluster"
    ),
    Case(
        MEMBER_UPGRADE, "beside one of another cluster that is off", PASS, member() + sibling("others", upgrades=False)
    ),
    Case(
        MEMBER_UPGRADE,
        "beside one that may be off",
        UNKNOWN,
        terraform=OPEN + (member() + sibling(upgrades=False)).text.replace("upgrade = false", "upgrade = var.open"),
    ),
    Case(
        MEMBER_UPGRADE,
        "beside one that is off, of a cluster that is not known",
        UNKNOWN,
        terraform=OPEN + (member() + sibling("var.open", upgrades=False)).text,
    ),
    Case(
        MEMBER_UPGRADE,
        "of a cluster that a variable names",
        UNKNOWN,
        terraform=OPEN + member().text.replace("aws_rds_cluster.records.id", "var.open"),
    ),
    Case(
        MEMBER_UPGRADE,
        "of a global database",
        NOT_APPLICABLE,
        terraform=member().text.replace(
            'engine = "aurora-mysql"', 'engine = "aurora-mysql"\nglobal_cluster_identifier = "world"', 1
        ),
        aws=lambda _: None,
        answers=of_global_database,
    ),
    Case(MEMBER_UPGRADE, "off", FAIL, member("auto_minor_version_upgrade = false", AutoMinorVersionUpgrade=False)),
)
