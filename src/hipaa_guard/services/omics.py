"""AWS HealthOmics: stores of sequences, references, variants and annotations, which only `awscc` declares."""

from __future__ import annotations

from hipaa_guard.facts.readings import Block, Listing, ask, listed
from hipaa_guard.facts.resource import Resource, fact


class _Store(Resource):
    """The facts that all stores share."""

    key: str | None = fact(awscc="sse_config.key_arn", unset=None, aws=listed("sseConfig.keyArn"))
    """None means a key that HealthOmics owns. No store is without encryption."""


class SequenceStore(_Store):
    """A store of read sets: the genomes of people."""

    terraform = Block("awscc_omics_sequence_store", awscc_name="name", also=("sequence_store_id",))
    aws = Listing("omics.list_sequence_stores", "sequenceStores[]", arn="{arn}", name="name", keys=("id", "arn"))
    aws_types = ("AWS::Omics::SequenceStore", "omics:sequenceStore")

    access_log_location: str | None = fact(
        awscc="access_log_location",
        unset=None,
        parse=lambda location: location or None,
        aws=ask("omics.get_sequence_store", "s3Access.accessLogLocation", id="{id}"),
    )
    """The S3 location of access logs for the store's S3 address; None or an empty text means there are none."""


class ReferenceStore(_Store):
    """A store of reference genomes."""

    terraform = Block("awscc_omics_reference_store", awscc_name="name", also=("reference_store_id",))
    aws = Listing("omics.list_reference_stores", "referenceStores[]", arn="{arn}", name="name", keys=("id", "arn"))
    aws_types = ("AWS::Omics::ReferenceStore", "omics:referenceStore")


class VariantStore(_Store):
    """A store of variants: how the genomes of people differ from a reference."""

    terraform = Block("awscc_omics_variant_store", awscc_name="name", also=("store_arn",))
    aws = Listing(
        "omics.list_variant_stores", "variantStores[]", arn="{storeArn}", name="name", keys=("id", "storeArn")
    )
    aws_types = ("AWS::Omics::VariantStore", "omics:variantStore")


class AnnotationStore(_Store):
    """A store of annotations of variants."""

    terraform = Block("awscc_omics_annotation_store", awscc_name="name", also=("store_arn",))
    aws = Listing(
        "omics.list_annotation_stores", "annotationStores[]", arn="{storeArn}", name="name", keys=("id", "storeArn")
    )
    aws_types = ("AWS::Omics::AnnotationStore", "omics:annotationStore")
