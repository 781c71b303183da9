"""AWS HealthLake: stores of FHIR resources. Only the `awscc` provider declares them."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.readings import Block, Listing, derived, listed
from hipaa_guard.facts.resource import Resource, fact


class DataStore(Resource):
    """A HealthLake data store."""

    terraform = Block(
        "awscc_healthlake_fhir_datastore", awscc_name="datastore_name", also=("datastore_id", "datastore_arn")
    )
    aws = Listing(
        "healthlake.list_fhir_datastores",
        "DatastorePropertiesList[?DatastoreStatus!='DELETED' && DatastoreStatus!='CREATE_FAILED']",
        always=["DatastorePropertiesList[].DatastoreStatus"],
        arn="{DatastoreArn}",
        name="DatastoreName || DatastoreId",
        keys=("DatastoreId", "DatastoreArn"),
    )
    aws_types = ("AWS::HealthLake::FHIRDatastore", "healthlake:datastore")

    key_type: str = fact(
        awscc="sse_configuration.kms_encryption_config.cmk_type",
        unset="AWS_OWNED_KMS_KEY",  # the default in the schema of the resource type
        aws=listed("SseConfiguration.KmsEncryptionConfig.CmkType"),
        allowed=one_of("CUSTOMER_MANAGED_KMS_KEY", "AWS_OWNED_KMS_KEY"),
    )
    """``CUSTOMER_MANAGED_KMS_KEY`` or ``AWS_OWNED_KMS_KEY``. No data store is without encryption."""

    authorization: str = fact(
        awscc="identity_provider_configuration.authorization_strategy",
        unset="AWS_AUTH",
        aws=derived(
            lambda strategy: strategy or "AWS_AUTH", listed("IdentityProviderConfiguration.AuthorizationStrategy")
        ),
        allowed=one_of("AWS_AUTH", "SMART_ON_FHIR_V1", "SMART_ON_FHIR"),
    )
    """``AWS_AUTH`` (IAM), ``SMART_ON_FHIR_V1`` or ``SMART_ON_FHIR``."""

    fine_grained_authorization: bool = fact(
        awscc="identity_provider_configuration.fine_grained_authorization_enabled",
        unset=False,
        # "Required: No" in the API reference, read 2026-11-30: left out if it was never turned on.
        aws=listed("IdentityProviderConfiguration.FineGrainedAuthorizationEnabled", always=False),
    )
    """Whether HealthLake limits each SMART token to the records of its user."""
