"""DynamoDB Accelerator (DAX): clusters that cache items of DynamoDB tables."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.readings import Block, Listing, listed
from hipaa_guard.facts.resource import Resource, fact


class Cluster(Resource):
    """A DAX cluster."""

    terraform = Block("aws_dax_cluster", name="cluster_name")
    aws = Listing(
        "dax.describe_clusters",
        "Clusters[]",
        arn="{ClusterArn}",
        name="ClusterName",
        keys=("ClusterName", "ClusterArn"),
    )
    aws_types = ("AWS::DAX::Cluster", "dax:cache")

    encrypted: bool = fact(
        terraform="server_side_encryption.enabled",
        unset=False,
        # A cluster that is being made is ENABLING; encryption cannot be turned on or off later.
        aws=listed("SSEDescription.Status=='ENABLED' || SSEDescription.Status=='ENABLING'"),
    )

    endpoint_encryption: str = fact(
        terraform="cluster_endpoint_encryption_type",
        unset="NONE",
        aws=listed("ClusterEndpointEncryptionType"),
        allowed=one_of("NONE", "TLS"),
    )
    """``TLS`` or ``NONE``."""
