"""RDS proxies."""

from __future__ import annotations

from hipaa_guard.facts.readings import Block, Listing, listed
from hipaa_guard.facts.resource import Resource, fact


class Proxy(Resource):
    """An RDS proxy. Applications connect to it instead of the database."""

    terraform = Block("aws_db_proxy", "awscc_rds_db_proxy", name="name", awscc_name="db_proxy_name")
    aws = Listing("rds.describe_db_proxies", "DBProxies[]", arn="{DBProxyArn}", name="DBProxyName")
    aws_types = ("AWS::RDS::DBProxy", "rds:db-proxy")

    tls_required: bool = fact(terraform="require_tls", awscc="require_tls", unset=False, aws=listed("RequireTLS"))
