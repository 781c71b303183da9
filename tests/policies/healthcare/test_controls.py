"""The controls on HealthLake, HealthImaging and HealthOmics, told to Terraform (`awscc`) and to AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OPEN = 'variable "open" {}\n'
OWN = 'resource "aws_kms_key" "own" {}\n'
AWSCC_OWN = 'resource "awscc_kms_key" "own" {}\n'
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def nothing(_: Aws) -> None:
    """The simulated AWS knows none of these services: every call is answered by the case."""


def resource(type: str, lines: str) -> str:
    return f'resource "{type}" "phi" {{\n{lines}\n}}\n'


# --- HealthLake --------------------------------------------------------------------------------------------------


def fhir_store(lines: str = "", more: str = "", status: str = "ACTIVE", **changes: Any) -> Told:
    """A data store with some settings, told to both sides."""
    store: dict[str, Any] = {
        "DatastoreId": "a" * 32,
        "DatastoreArn": f"arn:aws:healthlake:us-east-1:123456789012:datastore/fhir/{'a' * 32}",
        "DatastoreName": "phi-records",
        "DatastoreStatus": status,
        "DatastoreTypeVersion": "R4",
        "DatastoreEndpoint": "https://healthlake.us-east-1.amazonaws.com/datastore/a/r4/",
        "SseConfiguration": {"KmsEncryptionConfig": {"CmkType": "AWS_OWNED_KMS_KEY"}},
    }
    return Told(
        terraform=resource("awscc_healthlake_fhir_datastore", f'datastore_type_version = "R4"\n{lines}') + more,
        aws=nothing,
        answers=lambda session: answered(
            session, "healthlake", "ListFHIRDatastores", {"DatastorePropertiesList": [store | changes]}
        ),
    )


def fhir_source(lines: str, more: str = "") -> Told:
    return fhir_store(lines, more).in_terraform()


def key_config(text: str) -> str:
    return f"sse_configuration = {{\n kms_encryption_config = {{\n {text}\n }}\n}}"


def smart(text: str) -> str:
    return f"identity_provider_configuration = {{\n {text}\n}}"


CUSTOMER = {"KmsEncryptionConfig": {"CmkType": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": KEY}}
STRATEGY = 'authorization_strategy = "SMART_ON_FHIR"\n'
LAKE_KEY, FINE = "healthlake_datastore_cmk", "healthlake_fine_grained_authorization"

test_healthlake = cases(
    Case(LAKE_KEY, "nothing said", FAIL, fhir_store(), says="AWS_OWNED_KMS_KEY"),
    Case(
        LAKE_KEY,
        "a key of one's own",
        PASS,
        fhir_store(
            key_config('cmk_type = "CUSTOMER_MANAGED_KMS_KEY"\n kms_key_id = aws_kms_key.own.arn'),
            OWN,
            SseConfiguration=CUSTOMER,
        ),
    ),
    Case(LAKE_KEY, "the key of AWS, said aloud", FAIL, fhir_source(key_config('cmk_type = "AWS_OWNED_KMS_KEY"'))),
    Case(LAKE_KEY, "null is the default", FAIL, fhir_source("sse_configuration = null")),
    Case(LAKE_KEY, "a variable without a value", UNKNOWN, fhir_source(key_config("cmk_type = var.open"), OPEN)),
    Case(
        LAKE_KEY,
        "the whole configuration is a variable without a value",
        UNKNOWN,
        fhir_source("sse_configuration = var.open", OPEN),
        says="var.open",
    ),
    Case(
        FINE,
        "IAM decides, said aloud",
        NOT_APPLICABLE,
        fhir_store(
            smart('authorization_strategy = "AWS_AUTH"'),
            IdentityProviderConfiguration={"AuthorizationStrategy": "AWS_AUTH"},
        ),
    ),
    Case(FINE, "IAM decides where nothing is said", NOT_APPLICABLE, fhir_store()),
    Case(
        FINE,
        "scopes alone",
        FAIL,
        fhir_store(smart(STRATEGY), IdentityProviderConfiguration={"AuthorizationStrategy": "SMART_ON_FHIR"}),
        says="SMART_ON_FHIR",
    ),
    Case(
        FINE,
        "off in a store of the first version",
        FAIL,
        fhir_store(
            smart('authorization_strategy = "SMART_ON_FHIR_V1"\n fine_grained_authorization_enabled = false'),
            IdentityProviderConfiguration={
                "AuthorizationStrategy": "SMART_ON_FHIR_V1",
                "FineGrainedAuthorizationEnabled": False,
            },
        ),
    ),
    Case(
        FINE,
        "on",
        PASS,
        fhir_store(
            smart(STRATEGY + "fine_grained_authorization_enabled = true"),
            IdentityProviderConfiguration={
                "AuthorizationStrategy": "SMART_ON_FHIR",
                "FineGrainedAuthorizationEnabled": True,
            },
        ),
    ),
    Case(
        FINE,
        "a variable without a value",
        UNKNOWN,
        fhir_source(smart(STRATEGY + "fine_grained_authorization_enabled = var.open"), OPEN),
    ),
    Case(
        FINE,
        "a strategy that is not known",
        UNKNOWN,
        fhir_source(smart("authorization_strategy = var.open\n fine_grained_authorization_enabled = false"), OPEN),
    ),
)


# --- HealthImaging -----------------------------------------------------------------------------------------------

IMAGES = "medical_imaging_datastore_cmk"


def image_store(lines: str = "", more: str = "", key: str | None = None) -> Told:
    """A store of images, told to both sides. A key of one's own that is given is made in the account."""

    def seed(aws: Aws) -> None:
        made["key"] = aws.kms.create_key()["KeyMetadata"]["Arn"] if key == "own" else key

    def answers(session: Any) -> None:
        store: dict[str, Any] = {
            "datastoreId": "b" * 32,
            "datastoreName": "phi-images",
            "datastoreStatus": "ACTIVE",
            "datastoreArn": f"arn:aws:medical-imaging:us-east-1:123456789012:datastore/{'b' * 32}",
        }
        answered(session, "medical-imaging", "ListDatastores", {"datastoreSummaries": [store]})
        named = {} if made["key"] is None else {"kmsKeyArn": made["key"]}
        answered(session, "medical-imaging", "GetDatastore", {"datastoreProperties": store | named})

    made: dict[str, str | None] = {}
    return Told(terraform=resource("awscc_healthimaging_datastore", lines) + more, aws=seed, answers=answers)


test_healthimaging = cases(
    Case(IMAGES, "nothing said", FAIL, image_store()),
    Case(IMAGES, "a key of one's own", PASS, image_store("kms_key_arn = aws_kms_key.own.arn", OWN, "own")),
    Case(
        IMAGES,
        "a key of one's own of the same provider",
        PASS,
        image_store("kms_key_arn = awscc_kms_key.own.arn", AWSCC_OWN).in_terraform(),
    ),
    Case(IMAGES, "a key that is declared elsewhere", PASS, image_store(f'kms_key_arn = "{KEY}"').in_terraform()),
    Case(
        IMAGES,
        "a variable without a value",
        UNKNOWN,
        image_store("kms_key_arn = var.open", OPEN).in_terraform(),
        says="var.open",
    ),
    Case(
        IMAGES,
        "may not be read",
        UNKNOWN,
        image_store().in_aws(),
        denied="medical-imaging:GetDatastore",
        says="medical-imaging:GetDatastore",
    ),
)

# --- HealthOmics -------------------------------------------------------------------------------------------------

# Kind of store: the operation that lists it, where the answer has the list, the field of its ARN, other arguments.
STORES: dict[str, tuple[str, str, str, str, dict[str, Any]]] = {
    "sequence": ("ListSequenceStores", "sequenceStores", "arn", "", {"id": "1234567890", "creationTime": DAY}),
    "reference": ("ListReferenceStores", "referenceStores", "arn", "", {"id": "1234567890", "creationTime": DAY}),
    "variant": ("ListVariantStores", "variantStores", "storeArn", "", {}),
    "annotation": ("ListAnnotationStores", "annotationStores", "storeArn", 'store_format = "VCF"', {}),
}
DETAILS = {
    "id": "0123456789ab",
    "reference": {"referenceArn": "arn:aws:omics:us-east-1:123456789012:referenceStore/1/reference/1"},
    "status": "ACTIVE",
    "description": "",
    "creationTime": DAY,
    "updateTime": DAY,
    "statusMessage": "",
    "storeSizeBytes": 1,
    "storeFormat": "VCF",
}


def genome_store(kind: str, lines: str = "", more: str = "", key: str | None = None, logs: str | None = None) -> Told:
    """A store of HealthOmics, told to both sides."""
    operation, items, arn, arguments, fields = STORES[kind]
    made: dict[str, str] = {}

    def seed(aws: Aws) -> None:
        if key == "own":
            made["keyArn"] = aws.kms.create_key()["KeyMetadata"]["Arn"]

    def answers(session: Any) -> None:
        details = fields or {
            name: value for name, value in DETAILS.items() if (kind, name) != ("variant", "storeFormat")
        }
        store = {
            **details,
            arn: f"arn:aws:omics:us-east-1:123456789012:{kind}Store/phi",
            "name": "phi_genomes",
            "sseConfig": {"type": "KMS", **made},
        }
        answered(session, "omics", operation, {items: [store]})
        if kind == "sequence":
            access = {"s3Uri": "s3://service-bucket/1/", **({} if logs is None else {"accessLogLocation": logs})}
            answered(session, "omics", "GetSequenceStore", store | {"s3Access": access})

    text = f'name = "phi_genomes"\n{arguments}\n{lines}'
    return Told(terraform=resource(f"awscc_omics_{kind}_store", text) + more, aws=seed, answers=answers)


def sse(key: str) -> str:
    return f'sse_config = {{\n type = "KMS"\n key_arn = {key}\n}}'


def key_cases(kind: str) -> list[Case]:
    control = f"omics_{kind}_store_cmk"
    return [
        Case(control, "nothing said", FAIL, genome_store(kind)),
        Case(control, "a key of one's own", PASS, genome_store(kind, sse("aws_kms_key.own.arn"), OWN, "own")),
        Case(control, "no key named", FAIL, genome_store(kind, 'sse_config = {\n type = "KMS"\n}').in_terraform()),
        Case(control, "not known", UNKNOWN, genome_store(kind, sse("var.open"), OPEN).in_terraform()),
    ]


LOGS = "omics_sequence_store_access_logging"
PLACE = "s3://access-logs/omics/"

test_omics = cases(
    *(case for kind in STORES for case in key_cases(kind)),
    Case(LOGS, "nothing said", FAIL, genome_store("sequence")),
    Case(LOGS, "a place", PASS, genome_store("sequence", f'access_log_location = "{PLACE}"', logs=PLACE)),
    Case(LOGS, "an empty text", FAIL, genome_store("sequence", 'access_log_location = ""', logs="")),
    Case(
        LOGS,
        "a bucket of the same configuration",
        PASS,
        genome_store(
            "sequence",
            'access_log_location = "s3://${aws_s3_bucket.logs.id}/omics/"',
            'resource "aws_s3_bucket" "logs" {}',
        ).in_terraform(),
    ),
)
