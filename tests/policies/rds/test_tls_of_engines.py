"""The parameters by which each engine's ports refuse plain connections, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.services.rds_parameters import LISTENERS, TLS_PARAMETERS, parted, tls_by_default
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, cases, resource
from tests.policies.rds.states import instance, with_parameters

TLS, CLUSTER_TLS = "rds_instance_tls_required", "rds_cluster_tls_required"
STATUS, TDS = "rds.babelfish_status", "babelfishpg_tds.tds_ssl_encrypt"


def babelfish(family: str = "aurora-postgresql16", **parameters: str) -> Told:
    """A cluster whose group sets ``status``, ``tds`` and ``ssl``, as far as they are given."""
    names = {"status": STATUS, "tds": TDS, "ssl": "rds.force_ssl"}
    return with_parameters(family, {names[each]: value for each, value in parameters.items()})


test_tls_of_babelfish = cases(
    Case(CLUSTER_TLS, "both ports require TLS", PASS, babelfish(status="on", tds="1", ssl="1")),
    Case(CLUSTER_TLS, "the port of PostgreSQL alone", UNKNOWN, babelfish(status="on", ssl="1"), says="tds_ssl_encrypt"),
    Case(CLUSTER_TLS, "that of Babelfish, in so many words, not", UNKNOWN, babelfish(status="on", tds="0", ssl="1")),
    Case(
        CLUSTER_TLS,
        "the port of PostgreSQL by default",
        UNKNOWN,
        babelfish("aurora-postgresql17", status="on"),
        says="tds_ssl_encrypt",
    ),
    Case(
        CLUSTER_TLS,
        "the port of PostgreSQL by default, Babelfish too",
        PASS,
        babelfish("aurora-postgresql17", status="on", tds="1"),
    ),
    Case(CLUSTER_TLS, "the port of Babelfish alone", FAIL, babelfish(status="on", tds="1")),
    Case(CLUSTER_TLS, "neither port", FAIL, babelfish(status="on", ssl="0")),
    Case(CLUSTER_TLS, "Babelfish is off", PASS, babelfish(status="off", ssl="1")),
    Case(CLUSTER_TLS, "types of SQL Server without a port", PASS, babelfish(status="datatypesonly", ssl="1")),
    Case(
        CLUSTER_TLS,
        "Babelfish may be on",
        UNKNOWN,
        terraform=babelfish(status="${var.open}", ssl="1").text + '\nvariable "open" {}',
    ),
)


def replica(version: str, lines: str = "") -> str:
    """A replica of an instance of PostgreSQL, of which nothing but the version is said."""
    source = instance(f'engine_version = "{version}"').text.replace('"phi', '"primary')
    return source + resource("aws_db_instance", f"replicate_source_db = aws_db_instance.primary.identifier\n{lines}")


test_tls_of_replicas = cases(
    Case(TLS, "a replica of PostgreSQL 14", FAIL, terraform=replica("14.9"), says="postgres 14.9 takes"),
    Case(TLS, "a replica of PostgreSQL 16", PASS, terraform=replica("16.9"), says="postgres 16.9 refuses"),
    Case(TLS, "a replica that was upgraded first", PASS, terraform=replica("14.9", 'engine_version = "16.9"')),
)

OWN_PORTS = {engine: listeners[0] for engine, listeners in LISTENERS.items()}
FAMILIES = {
    "postgres": "postgres16",
    "aurora-postgresql": "aurora-postgresql16",
    "mysql": "mysql8.0",
    "aurora-mysql": "aurora-mysql8.0",
    "mariadb": "mariadb10.11",
    "sqlserver": "sqlserver-se-15.0",
}


def of_family(family: str, engine: str, parameter: str) -> str:
    """Source of an instance or cluster of an engine, with a group of a family that sets a parameter to 1."""
    text = with_parameters(family, {parameter: "1"}).text
    return text.replace(f'engine = "{parted(family)[0]}"', f'engine = "{engine}"')


def control_of(engine: str) -> str:
    return CLUSTER_TLS if engine.startswith("aurora") else TLS


test_each_engine_has_its_parameter = cases(
    *(
        Case(
            control_of(engine),
            f"{family} with {parameter}",
            PASS if parameter == OWN_PORTS[engine].parameter else UNKNOWN,
            terraform=with_parameters(family, {parameter: "1"}).text,
            says="" if parameter == OWN_PORTS[engine].parameter else f"sets {parameter}, which the family {family}",
        )
        for engine, family in FAMILIES.items()
        for parameter in TLS_PARAMETERS
    ),
    *(
        Case(
            control_of(engine),
            f"{engine} with a group of the family {family}",
            UNKNOWN,
            terraform=of_family(
                family, "sqlserver-se" if engine == "sqlserver" else engine, OWN_PORTS[other].parameter
            ),
            says=f"its parameter group is of the family {family}",
        )
        for engine in FAMILIES
        for other, family in FAMILIES.items()
        if engine != other and engine.startswith("aurora") == other.startswith("aurora")
    ),
    Case(
        TLS,
        "the default group of another engine",
        UNKNOWN,
        instance('parameter_group_name = "default.postgres16"', engine="mysql").in_terraform(),
        says="AWS refuses for mysql",
    ),
)


def test_each_parameter_has_a_page_that_tells_it() -> None:
    assert all(listener.source for listeners in LISTENERS.values() for listener in listeners)
    assert {*FAMILIES, "aurora"} == set(LISTENERS)


def test_version_1_of_aurora_which_no_provider_takes_any_more_never_required_tls() -> None:
    assert not tls_by_default("aurora5.6")
