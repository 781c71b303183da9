"""Databases: ePHI between applications and databases is unreadable on the wire."""

from hipaa_guard.authoring import MEDIUM, Fix, Inventory, Verdict, failed, not_applicable, passed
from hipaa_guard.judging.database_settings import (
    ParameterGroup,
    further_ports_closed,
    option_group,
    options_in_force,
    parameter_group,
    parameters_in_force,
)
from hipaa_guard.judging.transit import tls_required
from hipaa_guard.services import dax, rds, rds_parameters


def _refuses_plain(store: rds.Instance | rds.Cluster, inventory: Inventory) -> Verdict:
    engine = rds.engine_of(store, inventory)
    if isinstance(store, rds.Instance) and engine.startswith("oracle"):
        return _oracle(store, inventory)
    if engine.startswith("db2"):
        return _db2(store, inventory)
    if not rds_parameters.listeners_of(engine):
        return not_applicable(f"runs {engine}, and it is not known here how that refuses plain connections")
    group = parameter_group(store, inventory)
    required, because = _own_port(store, engine, group, inventory)
    if not required:
        return failed(because)
    further_ports_closed(group)
    parameters_in_force(store)
    return passed(because)


def _own_port(
    store: rds.Instance | rds.Cluster, engine: str, group: ParameterGroup | None, inventory: Inventory
) -> tuple[bool, str]:
    """Whether the engine's own port refuses plain connections, and a predicate that says why."""
    if group is None:
        name = store.parameter_group
        family = f"{engine}{rds.version_of(store, inventory) or ''}" if name is None else name.removeprefix("default.")
        return _by_default(family, "has the default parameter group")
    if group.tls_required is None:
        return _by_default(group.family, "has a parameter group that leaves the default")
    if group.tls_required:
        return True, "refuses connections without TLS, as its parameter group says"
    return False, "takes connections without TLS: its parameter group turns the requirement off"


def _by_default(family: str, subject: str) -> tuple[bool, str]:
    required = rds_parameters.tls_by_default(family)
    does = "refuses" if required else "takes"
    return required, f"{subject}, by which {rds_parameters.in_words(family)} {does} connections without TLS"


def _oracle(instance: rds.Instance, inventory: Inventory) -> Verdict:
    """The option SSL adds a second port; only Oracle's own encryption can be required (RDS user guide)."""
    group = option_group(instance, inventory)
    native = None if group is None else group.native_encryption
    if native == "REQUIRED":
        options_in_force(instance)
        return passed("refuses connections that are not encrypted, as its option NATIVE_NETWORK_ENCRYPTION says")
    if native is not None:
        return failed(f"takes plain connections: native network encryption is {native}, so that clients may go without")
    if group is not None and group.adds_tls:
        return failed("takes plain connections too: its option SSL adds a port with TLS beside the plain one", MEDIUM)
    return failed("takes plain connections: no option encrypts them")


def _db2(store: rds.Instance | rds.Cluster, inventory: Inventory) -> Verdict:
    group = parameter_group(store, inventory)
    protocols = group.protocols if isinstance(group, rds_parameters.ParameterGroup) else None
    taken = [each.strip() for each in (protocols or "TCPIP").upper().split(",")]
    if taken == ["SSL"]:
        parameters_in_force(store)
        return passed("refuses connections without TLS: its parameter DB2COMM is SSL")
    if "SSL" in taken:
        return failed(f"takes plain connections beside those with TLS: its parameter DB2COMM is {protocols}", MEDIUM)
    return failed(f"takes plain connections only: its parameter DB2COMM is {protocols or 'not set'}")


_CUTS_OFF = (
    "Clients without TLS are then turned away: let all of them connect with TLS first. A parameter group that is newly "
    "attached comes into force when the database is restarted, which interrupts it; it has the defaults, so copy into "
    "it what the present group sets."
)
_NOT_BY_MACHINE = "needs all clients to use TLS first, and a parameter group for the engine"


@tls_required(
    title="RDS instances refuse connections that are not encrypted",
    fix=Fix(
        terraform="""
            resource "aws_db_instance" "phi" {
              engine               = "mysql"
              engine_version       = "8.4"
              parameter_group_name = aws_db_parameter_group.tls.name
            }
            resource "aws_db_parameter_group" "tls" {
              family = "mysql8.4"
              parameter {
                name  = "require_secure_transport" # rds.force_ssl for PostgreSQL and SQL Server
                value = "1"
              }
            }
        """,
        cli="aws rds modify-db-parameter-group --db-parameter-group-name GROUP --parameters ParameterName=require_secure_transport,ParameterValue=1,ApplyMethod=immediate",
        note=f"{_CUTS_OFF} Oracle needs an option group with NATIVE_NETWORK_ENCRYPTION and its setting "
        "SQLNET.ENCRYPTION_SERVER = REQUIRED, Db2 the parameter DB2COMM = SSL.",
        not_by_machine=_NOT_BY_MACHINE,
        consequences=("interrupts", "cuts_access"),
    ),
    peers={"prowler": "rds_instance_transport_encrypted", "checkov": "CKV2_AWS_69"},
)
def rds_instance_tls_required(instance: rds.Instance, inventory: Inventory) -> Verdict:
    return _refuses_plain(instance, inventory)


@tls_required(
    title="RDS clusters refuse connections that are not encrypted",
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
        note=f"{_CUTS_OFF} Where Babelfish is on, its port needs babelfishpg_tds.tds_ssl_encrypt = 1 as well.",
        not_by_machine=_NOT_BY_MACHINE,
        consequences=("interrupts", "cuts_access"),
    ),
)
def rds_cluster_tls_required(cluster: rds.Cluster, inventory: Inventory) -> Verdict:
    return _refuses_plain(cluster, inventory)


@tls_required(
    title="RDS proxies refuse connections without TLS",
    fix=Fix(
        sets="aws_db_proxy.require_tls = true",
        cli="aws rds modify-db-proxy --db-proxy-name PROXY --require-tls",
        note="Clients that connect to the proxy without TLS are then turned away.",
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
        not_by_machine="needs a new cluster, to which programs must be led",
        consequences=("replaces", "interrupts", "costs_money"),
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
