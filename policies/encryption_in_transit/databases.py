"""Databases: ePHI between applications and databases is unreadable on the wire."""

from hipaa_guard.authoring import Fix, Inventory, Verdict, failed, not_applicable, passed
from hipaa_guard.judging.transit import tls_required
from hipaa_guard.services import dax, rds, rds_parameters

_GOVERNED = ("postgres", "mysql", "mariadb", "sqlserver", "aurora")
"""How the names of engines begin that a parameter makes refuse plain connections; Oracle and Db2 have no such one."""


def _refuses_plain(store: rds.Instance | rds.Cluster, inventory: Inventory) -> Verdict:
    engine = rds.engine_of(store, inventory)
    if not engine.startswith(_GOVERNED):
        return not_applicable(f"runs {engine}, which no parameter makes refuse plain connections")
    name = store.parameter_group
    if name is None:
        return _by_default(f"{engine}{store.engine_version or ''}", "has the default parameter group")
    group = _group(store, name, inventory)
    if group is None:
        return _by_default(name.removeprefix("default."), "has the default parameter group")
    if group.tls_required is None:
        return _by_default(group.family, "has a parameter group that leaves the default")
    if group.tls_required:
        return passed("refuses connections without TLS, as its parameter group says")
    return failed("takes connections without TLS: its parameter group turns the requirement off")


@tls_required(
    title="RDS instances refuse connections without TLS",
    fix=Fix(
        terraform="""
            resource "aws_db_instance" "phi" {
              engine               = "mysql"
              engine_version       = "8.0"
              parameter_group_name = aws_db_parameter_group.tls.name
            }
            resource "aws_db_parameter_group" "tls" {
              family = "mysql8.0"
              parameter {
                name  = "require_secure_transport" # rds.force_ssl for PostgreSQL and SQL Server
                value = "1"
              }
            }
        """,
        cli="aws rds modify-db-parameter-group --db-parameter-group-name GROUP --parameters ParameterName=require_secure_transport,ParameterValue=1,ApplyMethod=immediate",
        note="rds.force_ssl of PostgreSQL and SQL Server may need a restart: use ApplyMethod=pending-reboot.",
        not_by_machine="needs a parameter group for the engine and its version",
        consequences=("interrupts", "cuts_access"),
    ),
    peers={"prowler": "rds_instance_transport_encrypted", "checkov": "CKV2_AWS_69"},
)
def rds_instance_tls_required(instance: rds.Instance, inventory: Inventory) -> Verdict:
    return _refuses_plain(instance, inventory)


@tls_required(
    title="RDS clusters refuse connections without TLS",
    fix=Fix(
        terraform="""
            resource "aws_rds_cluster" "phi" {
              engine                          = "aurora-postgresql"
              engine_version                  = "16.4"
              db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.tls.name
            }
            resource "aws_rds_cluster_parameter_group" "tls" {
              family = "aurora-postgresql16"
              parameter {
                name  = "rds.force_ssl" # require_secure_transport for MySQL
                value = "1"
              }
            }
        """,
        cli="aws rds modify-db-cluster-parameter-group --db-cluster-parameter-group-name GROUP --parameters ParameterName=rds.force_ssl,ParameterValue=1,ApplyMethod=pending-reboot",
        not_by_machine="needs a parameter group for the engine and its version",
        consequences=("interrupts", "cuts_access"),
    ),
)
def rds_cluster_tls_required(cluster: rds.Cluster, inventory: Inventory) -> Verdict:
    return _refuses_plain(cluster, inventory)


def _group(
    store: rds.Instance | rds.Cluster, name: str, inventory: Inventory
) -> rds_parameters.ParameterGroup | rds_parameters.ClusterParameterGroup | None:
    """The parameter group of that name; None for a default one that was not listed: those cannot be changed."""
    kind: type[rds_parameters.ParameterGroup | rds_parameters.ClusterParameterGroup] = (
        rds_parameters.ParameterGroup if isinstance(store, rds.Instance) else rds_parameters.ClusterParameterGroup
    )
    found = inventory.lookup(kind, name)
    if found is None and not (inventory.is_text(name) and name.startswith("default.")):
        return inventory.find(kind, name)
    return found


def _by_default(family: str, subject: str) -> Verdict:
    words = rds_parameters.in_words(family)
    if rds_parameters.tls_by_default(family):
        return passed(f"{subject}, by which {words} refuses connections without TLS")
    return failed(f"{subject}, by which {words} takes connections without TLS")


@tls_required(
    title="RDS proxies refuse connections without TLS",
    fix=Fix(
        sets="aws_db_proxy.require_tls = true",
        cli="aws rds modify-db-proxy --db-proxy-name PROXY --require-tls",
        consequences=("cuts_access",),
    ),
)
def rds_proxy_tls_required(proxy: rds.Proxy) -> bool:
    return proxy.tls_required


@tls_required(
    title="DAX clusters encrypt connections with TLS",
    why="Between applications and a DAX cluster without TLS, items with ePHI cross the network in the clear.",
    fix=Fix(
        terraform="""
            resource "aws_dax_cluster" "phi" {
              cluster_endpoint_encryption_type = "TLS"
            }
        """,
        cli="""
            aws dax create-cluster --cluster-name NEW --node-type dax.r5.large --replication-factor 3 \\
              --iam-role-arn ROLE_ARN --sse-specification Enabled=true --cluster-endpoint-encryption-type TLS
        """,
        note="The type of the endpoint is chosen when a cluster is made: make a new one and switch over to it.",
        not_by_machine="replaces the cluster, so programs must be led to the new one",
    ),
    peers={
        "prowler": "dynamodb_accelerator_cluster_in_transit_encryption_enabled",
        "checkov": "CKV_AWS_239",
    },
)
def dax_cluster_tls(cluster: dax.Cluster) -> Verdict:
    if cluster.endpoint_encryption == "TLS":
        return passed("encrypts connections with TLS")
    return failed(f"takes plain connections: the encryption of its endpoint is {cluster.endpoint_encryption or 'NONE'}")
