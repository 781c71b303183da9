"""Health care services: who read ePHI is on record."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, passed
from hipaa_guard.controls.reasons import NEEDS_A_LOG_BUCKET
from hipaa_guard.services import omics


@control(
    title="HealthOmics sequence stores log who reads them through S3",
    severity=MEDIUM,
    hipaa=("164.312(b)", "164.308(a)(1)(ii)(D)"),
    why="Genomes can be read at the store's S3 address, without a call to HealthOmics. The bucket behind it belongs to "
    "AWS, so no trail or bucket log of the account records that: only the access logs of the store do.",
    fix=Fix(
        terraform="""
            resource "awscc_omics_sequence_store" "phi" {
              name                = "phi"
              access_log_location = "s3://ACCESS-LOG-BUCKET/omics/"
            }
        """,
        cli="aws omics update-sequence-store --id ID --s3-access-config accessLogLocation=s3://ACCESS-LOG-BUCKET/omics/",
        not_by_machine=NEEDS_A_LOG_BUCKET,
    ),
)
def omics_sequence_store_access_logging(store: omics.SequenceStore) -> Verdict:
    if store.access_log_location is None:
        return failed("has no place for its S3 access logs")
    return passed("logs who reads it through S3")
