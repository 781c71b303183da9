"""Health care services: who read ePHI is on record."""

from hipaa_guard.authoring import Fix
from hipaa_guard.controls.reasons import NEEDS_A_LOG_BUCKET
from hipaa_guard.judging.log_delivery import access_logged
from hipaa_guard.services import omics


@access_logged(
    title="HealthOmics sequence stores log who reads them through S3",
    why="Genomes can be read at the store's S3 address, without a call to HealthOmics. The bucket behind it belongs to "
    "AWS, so no trail or bucket log of the account records that: only the access logs of the store do.",
    logs="S3 access logs",
    to="a bucket",
    fix=Fix(
        terraform="""
            resource "awscc_omics_sequence_store" "phi" {
              name                = "phi"
              access_log_location = "s3://records-access-logs/omics/"
            }
        """,
        cli="aws omics update-sequence-store --id ID --s3-access-config accessLogLocation=s3://records-access-logs/omics/",
        not_by_machine=NEEDS_A_LOG_BUCKET,
    ),
)
def omics_sequence_store_access_logging(store: omics.SequenceStore) -> str | None:
    return store.access_log_location
