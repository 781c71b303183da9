"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin

TWINS = [
    Twin(
        "a trail of one region",
        resource("aws_cloudtrail", 's3_bucket_name = "logs"\ninclude_global_service_events = true'),
        resource(
            "awscc_cloudtrail_trail", 's3_bucket_name = "logs"\nis_logging = true\ninclude_global_service_events = true'
        ),
        FAIL,
    ),
    Twin(
        "a trail with everything on",
        KEYS
        + resource(
            "aws_cloudtrail",
            """name = "phi"
            s3_bucket_name             = "logs"
            is_multi_region_trail      = true
            enable_log_file_validation = true
            kms_key_id                 = aws_kms_key.own.arn
            cloud_watch_logs_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"
            event_selector {
              read_write_type = "All"
              data_resource {
                type   = "AWS::S3::Object"
                values = ["arn:aws:s3"]
              }
            }""",
        ),
        KEYS
        + resource(
            "awscc_cloudtrail_trail",
            """trail_name = "phi"
            is_logging                    = true
            s3_bucket_name                = "logs"
            is_multi_region_trail         = true
            enable_log_file_validation    = true
            kms_key_id                    = awscc_kms_key.own.arn
            cloudwatch_logs_log_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"
            event_selectors = [{
              read_write_type = "All"
              data_resources  = [{ type = "AWS::S3::Object", values = ["arn:aws:s3"] }]
            }]""",
        ),
        PASS,
    ),
    Twin(
        "a trail that records data by an advanced selector, and does not log",
        resource(
            "aws_cloudtrail",
            """s3_bucket_name = "logs"
            enable_logging        = false
            is_multi_region_trail = true
            advanced_event_selector {
              field_selector {
                field  = "eventCategory"
                equals = ["Data"]
              }
              field_selector {
                field  = "resources.type"
                equals = ["AWS::S3::Object"]
              }
            }""",
        ),
        resource(
            "awscc_cloudtrail_trail",
            """s3_bucket_name = "logs"
            is_logging            = false
            is_multi_region_trail = true
            advanced_event_selectors = [{
              field_selectors = [
                { field = "eventCategory", equals = ["Data"] },
                { field = "resources.type", equals = ["AWS::S3::Object"] },
              ]
            }]""",
        ),
        FAIL,
    ),
    Twin(
        "a trail that leaves out KMS",
        resource(
            "aws_cloudtrail",
            """s3_bucket_name = "logs"
            is_multi_region_trail = true
            event_selector {
              exclude_management_event_sources = ["kms.amazonaws.com"]
            }""",
        ),
        resource(
            "awscc_cloudtrail_trail",
            """s3_bucket_name = "logs"
            is_logging            = true
            is_multi_region_trail = true
            event_selectors = [{ exclude_management_event_sources = ["kms.amazonaws.com"] }]""",
        ),
        FAIL,
    ),
    Twin(
        "a trail of which nothing is known",
        VARIABLE + resource("aws_cloudtrail", 's3_bucket_name = "logs"\nis_multi_region_trail = var.open'),
        VARIABLE
        + resource(
            "awscc_cloudtrail_trail", 's3_bucket_name = "logs"\nis_logging = true\nis_multi_region_trail = var.open'
        ),
        UNKNOWN,
        # What CloudFormation does with global events where nothing is said is not documented.
        {"cloudtrail_global_service_events": UNKNOWN},
    ),
]
