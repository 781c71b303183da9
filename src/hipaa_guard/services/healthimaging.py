"""AWS HealthImaging: stores of medical images. Only the `awscc` provider declares them."""

from __future__ import annotations

from hipaa_guard.facts.readings import Block, Listing, ask
from hipaa_guard.facts.resource import Resource, fact


class DataStore(Resource):
    """A HealthImaging data store."""

    terraform = Block(
        "awscc_healthimaging_datastore", awscc_name="datastore_name", also=("datastore_id", "datastore_arn")
    )
    aws = Listing(
        "medical-imaging.list_datastores",
        "datastoreSummaries[?datastoreStatus!='DELETED' && datastoreStatus!='CREATE_FAILED']",
        always=["datastoreSummaries[].datastoreStatus"],
        arn="{datastoreArn}",
        name="datastoreName",
        keys=("datastoreId", "datastoreArn"),
    )
    aws_types = ("AWS::HealthImaging::Datastore", "medical-imaging:datastore")

    key: str | None = fact(
        awscc="kms_key_arn",
        unset=None,
        aws=ask("medical-imaging.get_datastore", "datastoreProperties.kmsKeyArn", datastoreId="{datastoreId}"),
    )
    """None means a key that HealthImaging owns. No data store is without encryption."""
