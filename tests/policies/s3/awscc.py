"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.s3.states import ALL_ON
from tests.policies.s3.test_access_points import handed_on
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

OPEN_BUCKET = policy("*", "s3:GetObject", "arn:aws:s3:::phi-records/*")
HANDED_ON = VARIABLE + handed_on().text
OPEN_POINT = policy("*", "s3:GetObject")
AT_POINT = 'bucket = "phi-records"\nname = "records"\n'
POINT_OFF = "\n".join(f"{name} = false" for name in ALL_ON)

TWINS = [
    Twin(
        "a bucket that says nothing",
        resource("aws_s3_bucket", 'bucket = "phi-records"'),
        resource("awscc_s3_bucket", 'bucket_name = "phi-records"'),
        FAIL,
    ),
    Twin(
        "a bucket with everything on",
        KEYS
        + resource("aws_s3_bucket", 'bucket = "phi-records"\nobject_lock_enabled = true')
        + resource("aws_s3_bucket", 'bucket = "copies"', "copies")
        + resource(
            "aws_s3_bucket_versioning",
            'bucket = aws_s3_bucket.phi.id\nversioning_configuration {\n status = "Enabled"\n}',
        )
        + resource(
            "aws_s3_bucket_server_side_encryption_configuration",
            """bucket = aws_s3_bucket.phi.id
            rule {
              apply_server_side_encryption_by_default {
                sse_algorithm     = "aws:kms"
                kms_master_key_id = aws_kms_key.own.arn
              }
            }""",
        )
        + resource(
            "aws_s3_bucket_public_access_block",
            """bucket = aws_s3_bucket.phi.id
            block_public_acls       = true
            block_public_policy     = true
            ignore_public_acls      = true
            restrict_public_buckets = true""",
        )
        + resource(
            "aws_s3_bucket_ownership_controls",
            'bucket = aws_s3_bucket.phi.id\nrule {\n object_ownership = "BucketOwnerEnforced"\n}',
        )
        + resource("aws_s3_bucket_logging", 'bucket = aws_s3_bucket.phi.id\ntarget_bucket = "access-logs"')
        + resource(
            "aws_s3_bucket_object_lock_configuration",
            'bucket = aws_s3_bucket.phi.id\nrule {\n default_retention {\n mode = "COMPLIANCE"\n years = 1\n }\n}',
        )
        + resource(
            "aws_s3_bucket_replication_configuration",
            'bucket = aws_s3_bucket.phi.id\nrule {\n status = "Enabled"\n source_selection_criteria {\n'
            'sse_kms_encrypted_objects {\n status = "Enabled"\n}\n}\n}',
        ),
        KEYS
        + resource(
            "awscc_s3_bucket",
            """bucket_name = "phi-records"
            object_lock_enabled = true
            object_lock_configuration = {
              object_lock_enabled = "Enabled"
              rule                = { default_retention = { mode = "COMPLIANCE", years = 1 } }
            }
            versioning_configuration = { status = "Enabled" }
            bucket_encryption = {
              server_side_encryption_configuration = [{
                server_side_encryption_by_default = {
                  sse_algorithm     = "aws:kms"
                  kms_master_key_id = awscc_kms_key.own.arn
                }
              }]
            }
            public_access_block_configuration = {
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
            ownership_controls        = { rules = [{ object_ownership = "BucketOwnerEnforced" }] }
            logging_configuration     = { destination_bucket_name = "access-logs" }
            replication_configuration = { rules = [{
              status                    = "Enabled"
              source_selection_criteria = { sse_kms_encrypted_objects = { status = "Enabled" } }
            }] }""",
        ),
        PASS,
    ),
    Twin(
        "a bucket whose objects are locked, and copied in part",
        resource("aws_s3_bucket", "object_lock_enabled = true")
        + resource(
            "aws_s3_bucket_replication_configuration",
            'bucket = aws_s3_bucket.phi.id\nrule {\n status = "Enabled"\n filter {\n tag {\n key = "a"\n value = "b"\n}\n}\n}',
        ),
        resource(
            "awscc_s3_bucket",
            """object_lock_enabled = true
            replication_configuration = { rules = [{
              status = "Enabled"
              filter = { tag_filter = { key = "a", value = "b" } }
            }] }""",
        ),
        PASS,
    ),
    Twin(
        "a bucket that is open in every way",
        resource("aws_s3_bucket", 'bucket = "phi-records"')
        + resource("aws_s3_bucket_acl", 'bucket = aws_s3_bucket.phi.id\nacl = "public-read"')
        + resource("aws_s3_bucket_policy", f"bucket = aws_s3_bucket.phi.id\npolicy = {OPEN_BUCKET}")
        + resource("aws_s3_bucket_public_access_block", "bucket = aws_s3_bucket.phi.id\nblock_public_acls = true"),
        resource(
            "awscc_s3_bucket",
            """bucket_name    = "phi-records"
            access_control = "PublicRead"
            public_access_block_configuration = { block_public_acls = true }""",
        )
        + resource("awscc_s3_bucket_policy", f"bucket = awscc_s3_bucket.phi.id\npolicy_document = {OPEN_BUCKET}"),
        FAIL,
    ),
    Twin(
        "a bucket of which nothing is known",
        VARIABLE
        + resource("aws_s3_bucket", 'bucket = "phi-records"')
        + resource(
            "aws_s3_bucket_versioning",
            "bucket = aws_s3_bucket.phi.id\nversioning_configuration {\n status = var.open\n}",
        )
        + resource("aws_s3_bucket_policy", "bucket = aws_s3_bucket.phi.id\npolicy = var.open")
        + resource("aws_s3_bucket_logging", "bucket = aws_s3_bucket.phi.id\ntarget_bucket = var.open"),
        VARIABLE
        + resource(
            "awscc_s3_bucket",
            """bucket_name = "phi-records"
            versioning_configuration = { status = var.open }
            logging_configuration    = { destination_bucket_name = var.open }""",
        )
        + resource("awscc_s3_bucket_policy", "bucket = awscc_s3_bucket.phi.id\npolicy_document = var.open"),
        UNKNOWN,
        # CloudFormation requires no target: left out, the bucket takes its own logs.
        differs={"s3_bucket_access_logging_enabled": UNKNOWN},
    ),
    *(
        Twin(
            f"a bucket that hands access on to an access point, {sentence}",
            HANDED_ON + resource("aws_s3_access_point", AT_POINT + of_aws, "a"),
            HANDED_ON + resource("awscc_s3_access_point", AT_POINT + of_awscc, "a"),
            has,
        )
        for sentence, of_aws, of_awscc, has in (
            ("which S3 blocks by itself", f"policy = {OPEN_POINT}", f"policy = {OPEN_POINT}", PASS),
            (
                "which is open",
                f"policy = {OPEN_POINT}\npublic_access_block_configuration {{\n{POINT_OFF}\n}}",
                f"policy = {OPEN_POINT}\npublic_access_block_configuration = {{\n{POINT_OFF}\n}}",
                FAIL,
            ),
            (
                "whose policy is not known",
                f"policy = var.open\npublic_access_block_configuration {{\n{POINT_OFF}\n}}",
                f"policy = var.open\npublic_access_block_configuration = {{\n{POINT_OFF}\n}}",
                UNKNOWN,
            ),
        )
    ),
]
