"""The ports that the internet has no business with: what listens there, and who says so.

A port stands in one table, and one control judges each table. Ports that any web application may use (3000, 8000, 8080,
8443) stand in none, also where a FHIR server listens there: `sg_public_ingress_only_authorized_ports` judges them.
"""

from collections.abc import Iterable
from typing import NamedTuple

Ports = dict[tuple[str, int], str]
"""(protocol, port) -> what listens there."""


class Service(NamedTuple):
    """A program that listens on some ports. The source is the registry or the page of its maker that says so."""

    name: str
    tcp: tuple[int, ...]
    source: str
    udp: tuple[int, ...] = ()


_IANA = "IANA, Service Name and Transport Protocol Port Number Registry"
_KUBERNETES = "Kubernetes documentation, Ports and Protocols"
_MSK_BETWEEN_VPCS = tuple(range(14001, 14101))

DATABASE_SERVICES = (
    Service("MySQL", (3306, 33060), "MySQL reference manual, MySQL Port Reference Tables"),
    Service("PostgreSQL", (5432,), _IANA),
    Service("PgBouncer", (6432,), "PgBouncer documentation, listen_port"),
    Service("Redshift", (5439,), "Amazon Redshift management guide, creating a cluster"),
    Service("SQL Server", (1433, 1434), _IANA, udp=(1434,)),
    Service("Oracle", (1521, 2483, 2484), "Oracle Net Services reference, port numbers"),
    Service("MongoDB or DocumentDB", (27017, 27018, 27019), "MongoDB manual, Default MongoDB Port"),
    Service("Redis or Valkey", (6379, 6380, 16379, 26379), "ElastiCache guide; Redis documentation, Sentinel"),
    Service("Memcached", (11211, 11212), "ElastiCache guide, serverless caches", udp=(11211,)),
    Service("Elasticsearch or OpenSearch", (9200, 9300), "OpenSearch documentation, network requirements"),
    Service("Cassandra", (7000, 7001, 7199, 9042, 9142, 9160), "Cassandra FAQ, ports; Amazon Keyspaces guide (9142)"),
    Service("Neptune", (8182,), "Amazon Neptune user guide, launching a cluster"),
    Service("Neo4j", (7473, 7474, 7687), "Neo4j operations manual, Ports"),
    Service("CouchDB", (5984, 6984), "CouchDB documentation, Firewall"),
    Service("InfluxDB", (8086,), "InfluxDB documentation, Ports"),
    Service("ClickHouse", (8123, 9440), "ClickHouse documentation, Network ports"),
    Service("Solr", (8983,), "Solr reference guide, configuring ports"),
    Service("Db2", (50000, 50001), "Amazon RDS user guide, Db2; Db2 documentation, ssl_svcename"),
    Service("InterSystems IRIS", (1972, 51773, 52773), "InterSystems IRIS, default port numbers"),
    Service("DAX", (8111, 9111), "DynamoDB developer guide, DAX cluster"),
    Service(
        "Kafka",
        (9092, 9093, 9094, 9096, 9098, 9194, 9196, 9198, 20092, 20094, 20096, 20098, *_MSK_BETWEEN_VPCS),
        # 9194 to 9198 are those of public access, 20092 to 20098 of IPv6, 14001 and on of private links between VPCs.
        "Amazon MSK developer guide, Port information; Multi-VPC private connectivity; Kafka, KRaft (9093)",
    ),
    Service("RabbitMQ or ActiveMQ", (5671, 5672, 15671, 15672, 61616, 61617), "Amazon MQ developer guide, protocols"),
)

CLEARTEXT_SERVICES = (
    Service("FTP", (20, 21), _IANA),
    Service("Telnet", (23,), _IANA),
    Service("POP3", (110,), _IANA),
    Service("IMAP", (143,), _IANA),
    Service("LDAP", (389, 3268), f"{_IANA}; Microsoft, service overview and port requirements (3268)", udp=(389,)),
    Service("rsh rlogin and rexec", (512, 513, 514), _IANA),
    Service("rsync", (873,), _IANA),
    Service("TFTP", (), _IANA, udp=(69,)),
    Service("SNMP", (), _IANA, udp=(161, 162)),
    Service("syslog", (), _IANA, udp=(514,)),
)

ADMINISTRATION_SERVICES = (
    Service("rpcbind", (111,), _IANA, udp=(111,)),
    Service("Windows RPC", (135,), _IANA, udp=(135,)),
    Service("NetBIOS", (137, 138, 139), _IANA, udp=(137, 138)),
    Service("SMB", (445,), _IANA, udp=(445,)),
    Service("AFP", (548,), _IANA),
    Service("NFS", (2049,), _IANA, udp=(2049,)),
    Service("iSCSI", (3260,), _IANA),
    Service("VNC", (5800, 5801, 5900, 5901, 5902, 5903), f"{_IANA}; RFC 6143 (one port for each display)"),
    Service("WinRM", (5985, 5986), _IANA),
    Service("X11", (6000, 6001, 6002, 6003), _IANA),
    Service("Docker", (2375, 2376, 2377), f"{_IANA}; Docker documentation, swarm (2377)"),
    Service("etcd", (2379, 2380), _IANA),
    Service("ZooKeeper", (2181, 2182, 2888, 3888), "ZooKeeper administrator's guide; MSK developer guide (2182)"),
    Service("Kubernetes API", (6443,), _KUBERNETES),
    Service("Kubernetes scheduler or controller manager", (10257, 10259), _KUBERNETES),
    Service("Kubelet", (10250, 10255), f"{_KUBERNETES}; kubelet reference, --read-only-port"),
    Service("Consul", (8300, 8301, 8302, 8500, 8501, 8502, 8503), "Consul documentation, Required ports"),
    Service("Vault", (8200, 8201), "Vault documentation, reference architecture"),
    Service("Nomad", (4646, 4647, 4648), "Nomad documentation, Ports used"),
    Service("Salt", (4505, 4506), "Salt documentation, Opening the firewall"),
    Service("Prometheus or Cockpit", (9090,), "Prometheus documentation, Getting started; Cockpit guide, listening"),
    Service("Webmin", (10000,), "Webmin documentation"),
    Service("Java RMI or JDWP", (1099, 5005), f"{_IANA}; JDK, agentlib:jdwp"),
    Service("YARN or HDFS", (8088, 9870, 50070), "Hadoop, yarn-default.xml and hdfs-default.xml"),
    Service("Ray", (8265,), "Ray documentation, Configuring Ray"),
    Service("Kibana or OpenSearch Dashboards", (5601,), "OpenSearch documentation, network requirements"),
    Service("Jupyter or OpsCenter", (8888,), "Jupyter Server documentation; DataStax, OpsCenter ports reference"),
)

# HL7 v2 over MLLP and classic DICOM have neither encryption nor sign-in. DICOM over TLS (2762) has, so it is not here.
CLINICAL_SERVICES = (
    Service("HL7 v2", (2575, 6661), f"{_IANA}; Mirth Connect, TCP Listener: the default port, with MLLP (6661)"),
    Service("DICOM", (104, 4242, 11112), f"{_IANA} (acr-nema, dicom); Orthanc book, configuration (4242)"),
    Service("DICOMweb of Orthanc", (8042,), "Orthanc book, configuration"),
)


def _table(services: Iterable[Service]) -> Ports:
    return {
        (protocol, port): service.name
        for service in services
        for protocol, ports in (("tcp", service.tcp), ("udp", service.udp))
        for port in ports
    }


DATABASES = _table(DATABASE_SERVICES)
CLEARTEXT = _table(CLEARTEXT_SERVICES)
ADMINISTRATION = _table(ADMINISTRATION_SERVICES)
CLINICAL = _table(CLINICAL_SERVICES)
