"""Health care services: ePHI in their stores is under a key that its owner can take away.

All of these stores are always encrypted, by a key of AWS where none is named.
"""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, passed
from hipaa_guard.controls.advice import OWN_KEY
from hipaa_guard.controls.reasons import replaces
from hipaa_guard.judging.customer_keys import customer_managed_key
from hipaa_guard.services import healthimaging, healthlake, omics

_WHY = (
    "The records, images or genomes of patients are all that such a store is for. A key that AWS owns leaves no record "
    "of its use in the account's CloudTrail, and access to the ePHI cannot be cut off at the key."
)
_WHY_BESIDE = (
    "References and annotations of one's own may be made from the genomes of patients, and are kept beside these. "
    "Access cannot be cut off at a key that AWS owns."
)
_OWN_KEY = 'resource "aws_kms_key" "own" {\n  enable_key_rotation = true\n}\n'
_OF_AWS = "a key that AWS owns"
_NO_NEW_CUSTOMERS = "Since 2025-11-07 only accounts that have used such stores can make one; AWS documents S3 table buckets in their place."
_NEW = "The key is chosen when the store is made: make a new one and move the data."


@control(
    title="HealthLake data stores are encrypted with a key that the customer manages",
    severity=MEDIUM,
    hipaa=("164.312(a)(2)(iv)",),
    why=_WHY,
    fix=Fix(
        terraform="""
            resource "awscc_healthlake_fhir_datastore" "phi" {
              datastore_type_version = "R4"
              sse_configuration = {
                kms_encryption_config = {
                  cmk_type   = "CUSTOMER_MANAGED_KMS_KEY"
                  kms_key_id = aws_kms_key.own.arn
                }
              }
            }
            resource "aws_kms_key" "own" {
              enable_key_rotation = true
            }
        """,
        cli="""
            aws healthlake create-fhir-datastore --datastore-name NEW --datastore-type-version R4 --sse-configuration \\
              'KmsEncryptionConfig={CmkType=CUSTOMER_MANAGED_KMS_KEY,KmsKeyId=KEY_ARN}'
        """,
        note=_NEW,
        not_by_machine=replaces("data store"),
        consequences=("costs_money",),
    ),
)
def healthlake_datastore_cmk(store: healthlake.DataStore) -> Verdict:
    if store.key_type == "CUSTOMER_MANAGED_KMS_KEY":
        return passed("is encrypted with a KMS key that the customer manages")
    return failed(f"is encrypted with {_OF_AWS} ({store.key_type})")


def _image_store() -> str:
    return f"""resource "awscc_healthimaging_datastore" "phi" {{
  kms_key_arn = aws_kms_key.own.arn
}}
{_OWN_KEY}"""


def _omics_store(kind: str, more: str = "") -> str:
    return f"""resource "awscc_omics_{kind}_store" "phi" {{
  name = "phi"{more}
  sse_config = {{
    type    = "KMS"
    key_arn = aws_kms_key.own.arn
  }}
}}
{_OWN_KEY}"""


_REFERENCE = "\n  reference = {\n    reference_arn = var.reference_arn\n  }"
_VARIABLE = 'variable "reference_arn" {}\n'


@customer_managed_key(
    title="HealthImaging data stores are encrypted with a key that the customer manages",
    severity=MEDIUM,
    why=_WHY,
    otherwise=_OF_AWS,
    fix=Fix(
        terraform=_image_store(),
        cli="aws medical-imaging create-datastore --datastore-name NEW --kms-key-arn KEY_ARN",
        note=_NEW,
        not_by_machine=replaces("data store"),
        consequences=("costs_money",),
    ),
)
def medical_imaging_datastore_cmk(store: healthimaging.DataStore) -> str | None:
    return store.key


@customer_managed_key(
    title="HealthOmics sequence stores are encrypted with a key that the customer manages",
    severity=MEDIUM,
    why=_WHY,
    otherwise=_OF_AWS,
    fix=Fix(
        terraform=_omics_store("sequence"),
        cli="aws omics create-sequence-store --name NEW --sse-config type=KMS,keyArn=KEY_ARN",
        note=_NEW,
        not_by_machine=replaces("store"),
        consequences=("costs_money",),
    ),
)
def omics_sequence_store_cmk(store: omics.SequenceStore) -> str | None:
    return store.key


@customer_managed_key(
    title="HealthOmics reference stores are encrypted with a key that the customer manages",
    why=_WHY_BESIDE,
    otherwise=_OF_AWS,
    fix=Fix(
        terraform=_omics_store("reference"),
        cli="""
            aws omics delete-reference --reference-store-id STORE --id REFERENCE
            aws omics delete-reference-store --id STORE
            aws omics create-reference-store --name NEW --sse-config type=KMS,keyArn=KEY_ARN
            aws omics start-reference-import-job --reference-store-id NEW_STORE --role-arn ROLE_ARN \\
              --sources sourceFile=S3_URI,name=REFERENCE
        """,
        note="The key is chosen when the store is made, and an account has one reference store in each region: keep the "
        "FASTA files of its references, delete these and the store, make a new store and import them. HealthOmics deletes "
        "no reference that read sets name: export and delete those first. The references get new ARNs, by which variant "
        "and annotation stores name them.",
        not_by_machine=replaces("store"),
        consequences=("costs_money",),
    ),
    advisory=OWN_KEY,
)
def omics_reference_store_cmk(store: omics.ReferenceStore) -> str | None:
    return store.key


@customer_managed_key(
    title="HealthOmics variant stores are encrypted with a key that the customer manages",
    severity=MEDIUM,
    why=_WHY,
    otherwise=_OF_AWS,
    fix=Fix(
        terraform=_omics_store("variant", _REFERENCE) + _VARIABLE,
        cli="""
            aws omics create-variant-store --name NEW --reference referenceArn=REFERENCE_ARN \\
              --sse-config type=KMS,keyArn=KEY_ARN
        """,
        note=f"{_NEW} {_NO_NEW_CUSTOMERS}",
        not_by_machine=replaces("store"),
        consequences=("costs_money",),
    ),
)
def omics_variant_store_cmk(store: omics.VariantStore) -> str | None:
    return store.key


@customer_managed_key(
    title="HealthOmics annotation stores are encrypted with a key that the customer manages",
    why=_WHY_BESIDE,
    otherwise=_OF_AWS,
    fix=Fix(
        terraform=_omics_store("annotation", '\n  store_format = "VCF"' + _REFERENCE) + _VARIABLE,
        cli="""
            aws omics create-annotation-store --name NEW --store-format VCF \\
              --reference referenceArn=REFERENCE_ARN --sse-config type=KMS,keyArn=KEY_ARN
        """,
        note=f"{_NEW} {_NO_NEW_CUSTOMERS}",
        not_by_machine=replaces("store"),
        consequences=("costs_money",),
    ),
    advisory=OWN_KEY,
)
def omics_annotation_store_cmk(store: omics.AnnotationStore) -> str | None:
    return store.key
