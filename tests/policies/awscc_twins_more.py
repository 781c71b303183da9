"""More of the twins, for kinds other than buckets, keys and databases: see `awscc_twins`."""

from __future__ import annotations

import json

from tests.policies.awscc_twins import (
    FAIL,
    KEYS,
    OPEN_FILES,
    OPEN_QUEUE,
    OPEN_SECRET,
    OPEN_TOPIC,
    PASS,
    UNKNOWN,
    VARIABLE,
    Twin,
    block,
    policy,
)

EFS = [
    Twin("files that say nothing", block("aws_efs_file_system", ""), block("awscc_efs_file_system", ""), FAIL),
    Twin(
        "files with everything on",
        KEYS
        + block("aws_efs_file_system", "encrypted = true\nkms_key_id = aws_kms_key.own.arn")
        + block(
            "aws_efs_backup_policy",
            'file_system_id = aws_efs_file_system.phi.id\nbackup_policy {\n status = "ENABLED"\n}',
        ),
        KEYS
        + block(
            "awscc_efs_file_system",
            'encrypted = true\nkms_key_id = awscc_kms_key.own.arn\nbackup_policy = { status = "ENABLED" }',
        ),
        PASS,
    ),
    Twin(
        "files for everyone",
        block("aws_efs_file_system", "encrypted = true")
        + block("aws_efs_file_system_policy", f"file_system_id = aws_efs_file_system.phi.id\npolicy = {OPEN_FILES}"),
        block("awscc_efs_file_system", f"encrypted = true\nfile_system_policy = {OPEN_FILES}"),
        FAIL,
    ),
    Twin(
        "files of which nothing is known",
        VARIABLE + block("aws_efs_file_system", "encrypted = var.open"),
        VARIABLE + block("awscc_efs_file_system", "encrypted = var.open"),
        UNKNOWN,
    ),
    Twin(
        "a way into files for one user",
        block(
            "aws_efs_access_point",
            'file_system_id = "fs-1"\nposix_user {\n uid = 1000\n gid = 1000\n}\nroot_directory {\n path = "/records"\n}',
        ),
        block(
            "awscc_efs_access_point",
            'file_system_id = "fs-1"\nposix_user = { uid = "1000", gid = "1000" }\nroot_directory = { path = "/records" }',
        ),
        PASS,
    ),
    Twin(
        "a way into files for any user",
        block("aws_efs_access_point", 'file_system_id = "fs-1"'),
        block("awscc_efs_access_point", 'file_system_id = "fs-1"'),
        FAIL,
    ),
]

MESSAGING = [
    Twin("a topic that says nothing", block("aws_sns_topic", ""), block("awscc_sns_topic", ""), FAIL),
    Twin(
        "a topic with a key of one's own",
        KEYS + block("aws_sns_topic", "kms_master_key_id = aws_kms_key.own.id"),
        KEYS + block("awscc_sns_topic", "kms_master_key_id = awscc_kms_key.own.id"),
        PASS,
    ),
    Twin(
        "a topic for everyone",
        block("aws_sns_topic", "")
        + block("aws_sns_topic_policy", f"arn = aws_sns_topic.phi.arn\npolicy = {OPEN_TOPIC}"),
        block("awscc_sns_topic", "")
        + block(
            "awscc_sns_topic_inline_policy",
            f"topic_arn = awscc_sns_topic.phi.topic_arn\npolicy_document = {OPEN_TOPIC}",
        ),
        FAIL,
    ),
    Twin(
        "a topic of which nothing is known",
        VARIABLE
        + block("aws_sns_topic", "kms_master_key_id = var.open")
        + block("aws_sns_topic_policy", "arn = aws_sns_topic.phi.arn\npolicy = var.open"),
        VARIABLE
        + block("awscc_sns_topic", "kms_master_key_id = var.open")
        + block(
            "awscc_sns_topic_inline_policy", "topic_arn = awscc_sns_topic.phi.topic_arn\npolicy_document = var.open"
        ),
        UNKNOWN,
    ),
    Twin(
        "a subscription over plain HTTP",
        block("aws_sns_topic_subscription", 'topic_arn = "arn:aws:sns:us-east-1:123456789012:t"\nprotocol = "http"'),
        block("awscc_sns_subscription", 'topic_arn = "arn:aws:sns:us-east-1:123456789012:t"\nprotocol = "http"'),
        FAIL,
    ),
    Twin("a queue that says nothing", block("aws_sqs_queue", ""), block("awscc_sqs_queue", ""), PASS),
    Twin(
        "a queue with a key of one's own, and another for dead letters",
        KEYS
        + block("aws_sqs_queue", "", "dead")
        + block(
            "aws_sqs_queue",
            """kms_master_key_id = aws_kms_key.own.id
            redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 4 })""",
        ),
        KEYS
        + block("awscc_sqs_queue", "", "dead")
        + block(
            "awscc_sqs_queue",
            """kms_master_key_id = awscc_kms_key.own.id
            redrive_policy = jsonencode({ deadLetterTargetArn = awscc_sqs_queue.dead.arn, maxReceiveCount = 4 })""",
        ),
        PASS,
    ),
    Twin(
        "a queue for everyone, in the clear",
        block("aws_sqs_queue", "sqs_managed_sse_enabled = false")
        + block("aws_sqs_queue_policy", f"queue_url = aws_sqs_queue.phi.id\npolicy = {OPEN_QUEUE}"),
        block("awscc_sqs_queue", "sqs_managed_sse_enabled = false")
        + block(
            "awscc_sqs_queue_inline_policy", f"queue = awscc_sqs_queue.phi.queue_url\npolicy_document = {OPEN_QUEUE}"
        ),
        FAIL,
    ),
    Twin(
        "a queue of which nothing is known",
        VARIABLE
        + block("aws_sqs_queue", "sqs_managed_sse_enabled = var.open\nredrive_policy = var.open")
        + block("aws_sqs_queue_policy", "queue_url = aws_sqs_queue.phi.id\npolicy = var.open"),
        VARIABLE
        + block("awscc_sqs_queue", "sqs_managed_sse_enabled = var.open\nredrive_policy = var.open")
        + block("awscc_sqs_queue_inline_policy", "queue = awscc_sqs_queue.phi.queue_url\npolicy_document = var.open"),
        UNKNOWN,
    ),
]

LOGS = [
    Twin(
        "logs that are kept for ever",
        block("aws_cloudwatch_log_group", ""),
        block("awscc_logs_log_group", ""),
        FAIL,
    ),
    Twin(
        "logs for six years under a key of one's own",
        KEYS + block("aws_cloudwatch_log_group", "retention_in_days = 2192\nkms_key_id = aws_kms_key.own.arn"),
        KEYS + block("awscc_logs_log_group", "retention_in_days = 2192\nkms_key_id = awscc_kms_key.own.arn"),
        PASS,
    ),
    Twin(
        "logs for a day",
        block("aws_cloudwatch_log_group", "retention_in_days = 1"),
        block("awscc_logs_log_group", "retention_in_days = 1"),
        FAIL,
    ),
    Twin(
        "logs of which nothing is known",
        VARIABLE + block("aws_cloudwatch_log_group", "retention_in_days = var.open\nkms_key_id = var.open"),
        VARIABLE + block("awscc_logs_log_group", "retention_in_days = var.open\nkms_key_id = var.open"),
        UNKNOWN,
    ),
    Twin(
        "logs that everyone may read",
        block(
            "aws_cloudwatch_log_resource_policy",
            f'policy_name = "p"\npolicy_document = {policy("*", "logs:GetLogEvents")}',
        ),
        block("awscc_logs_resource_policy", f'policy_name = "p"\npolicy_document = {policy("*", "logs:GetLogEvents")}'),
        FAIL,
    ),
]

CODE = 'function_name = "phi"\nrole = "arn:aws:iam::123456789012:role/f"\n'
CREDENTIAL = "AKIA" + "IOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"

LAMBDA = [
    Twin(
        "a function that is current, in a network",
        KEYS
        + block(
            "aws_lambda_function",
            CODE
            + """runtime = "python3.13"
            kms_key_arn = aws_kms_key.own.arn
            vpc_config {
              subnet_ids         = ["subnet-1"]
              security_group_ids = ["sg-1"]
            }
            environment {
              variables = { STAGE = "production" }
            }""",
        ),
        KEYS
        + block(
            "awscc_lambda_function",
            CODE
            + """runtime = "python3.13"
            kms_key_arn = awscc_kms_key.own.arn
            vpc_config  = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
            environment = { variables = { STAGE = "production" } }""",
        ),
        PASS,
    ),
    Twin(
        "a function that is old, with credentials, for everyone",
        block(
            "aws_lambda_function",
            CODE
            + f"""runtime = "python3.7"
            environment {{
              variables = {{ AWS_KEY = "{CREDENTIAL}", DB_PASSWORD = "{SECRET}" }}
            }}""",
        )
        + block(
            "aws_lambda_permission",
            'function_name = aws_lambda_function.phi.function_name\nprincipal = "*"\naction = "lambda:InvokeFunction"',
        ),
        block(
            "awscc_lambda_function",
            CODE
            + f"""runtime = "python3.7"
            environment = {{ variables = {{ AWS_KEY = "{CREDENTIAL}", DB_PASSWORD = "{SECRET}" }} }}""",
        )
        + block(
            "awscc_lambda_permission",
            'function_name = awscc_lambda_function.phi.function_name\nprincipal = "*"\naction = "lambda:InvokeFunction"',
        ),
        FAIL,
    ),
    Twin(
        "a function of which nothing is known",
        VARIABLE + block("aws_lambda_function", CODE + "runtime = var.open\nkms_key_arn = var.open"),
        VARIABLE + block("awscc_lambda_function", CODE + "runtime = var.open\nkms_key_arn = var.open"),
        UNKNOWN,
    ),
    Twin(
        "an address of a function for everyone",
        block("aws_lambda_function_url", 'function_name = "phi"\nauthorization_type = "NONE"'),
        block("awscc_lambda_url", 'target_function_arn = "phi"\nauth_type = "NONE"'),
        FAIL,
    ),
]


def sides(direction: str, ports: str, aws: str, awscc: str) -> tuple[str, str]:
    """A rule inside a group, as each provider writes it."""
    return f"{direction} {{\n {ports}\n {aws}\n}}\n", f"security_group_{direction} = [{{\n {ports}\n {awscc}\n}}]\n"


SSH = "from_port = 20\nto_port = 25"
_IN = sides(
    "ingress", SSH, 'protocol = "tcp"\ncidr_blocks = ["0.0.0.0/0"]', 'ip_protocol = "tcp"\ncidr_ip = "0.0.0.0/0"'
)
_IN6 = sides(
    "ingress", SSH, 'protocol = "tcp"\nipv6_cidr_blocks = ["::/0"]', 'ip_protocol = "tcp"\ncidr_ipv_6 = "::/0"'
)
_OUT = sides(
    "egress",
    "from_port = 443\nto_port = 443",
    'protocol = "tcp"\ncidr_blocks = ["10.0.0.0/8"]',
    'ip_protocol = "tcp"\ncidr_ip = "10.0.0.0/8"',
)
_ALL_OUT = """egress {
  protocol         = "-1"
  from_port        = 0
  to_port          = 0
  cidr_blocks      = ["0.0.0.0/0"]
  ipv6_cidr_blocks = ["::/0"]
}
"""
GROUP, AWSCC_GROUP = "aws_security_group", "awscc_ec2_security_group"

SECURITY_GROUPS = [
    Twin("a group that opens SSH inside", block(GROUP, _IN[0] + _OUT[0]), block(AWSCC_GROUP, _IN[1] + _OUT[1]), FAIL),
    Twin(
        "a group that opens it for IPv6", block(GROUP, _IN6[0] + _OUT[0]), block(AWSCC_GROUP, _IN6[1] + _OUT[1]), FAIL
    ),
    Twin(
        "a group that opens SSH by a rule apart",
        block(GROUP, _OUT[0])
        + block(
            "aws_vpc_security_group_ingress_rule",
            f'security_group_id = aws_security_group.phi.id\nip_protocol = "tcp"\ncidr_ipv4 = "0.0.0.0/0"\n{SSH}',
            "apart",
        ),
        block(AWSCC_GROUP, _OUT[1])
        + block(
            "awscc_ec2_security_group_ingress",
            f'group_id = awscc_ec2_security_group.phi.group_id\nip_protocol = "tcp"\ncidr_ip = "0.0.0.0/0"\n{SSH}',
            "apart",
        ),
        FAIL,
    ),
    Twin(
        "a group that says nothing lets everything out where CloudFormation makes it",
        block(GROUP, _ALL_OUT),
        block(AWSCC_GROUP, ""),
        PASS,
    ),
    Twin("a group that lets little out", block(GROUP, _OUT[0]), block(AWSCC_GROUP, _OUT[1]), PASS),
    Twin(
        "a group with a rule for another group",
        block(GROUP, _OUT[0], "other")
        + block(
            GROUP,
            _OUT[0] + f'ingress {{\n {SSH}\n protocol = "tcp"\n security_groups = [aws_security_group.other.id]\n}}\n',
        ),
        block(AWSCC_GROUP, _OUT[1], "other")
        + block(
            AWSCC_GROUP,
            _OUT[1]
            + f"""security_group_ingress = [{{
              {SSH}
              ip_protocol              = "tcp"
              source_security_group_id = awscc_ec2_security_group.other.group_id
            }}]""",
        ),
        PASS,
    ),
    Twin(
        "a group of which nothing is known",
        VARIABLE + block(GROUP, _OUT[0] + 'ingress {\n protocol = "-1"\n cidr_blocks = var.open\n}'),
        VARIABLE
        + block(AWSCC_GROUP, _OUT[1] + 'security_group_ingress = [{ ip_protocol = "-1", cidr_ip = var.open }]'),
        UNKNOWN,
    ),
]

CLOUDTRAIL = [
    Twin(
        "a trail of one region",
        block("aws_cloudtrail", 's3_bucket_name = "logs"\ninclude_global_service_events = true'),
        block(
            "awscc_cloudtrail_trail", 's3_bucket_name = "logs"\nis_logging = true\ninclude_global_service_events = true'
        ),
        FAIL,
    ),
    Twin(
        "a trail with everything on",
        KEYS
        + block(
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
        + block(
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
        block(
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
        block(
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
        "a trail of which nothing is known",
        VARIABLE + block("aws_cloudtrail", 's3_bucket_name = "logs"\nis_multi_region_trail = var.open'),
        VARIABLE
        + block(
            "awscc_cloudtrail_trail", 's3_bucket_name = "logs"\nis_logging = true\nis_multi_region_trail = var.open'
        ),
        UNKNOWN,
        # What CloudFormation does with global events where nothing is said is not documented.
        {"cloudtrail_global_service_events": UNKNOWN},
    ),
]

SECRETS = [
    Twin(
        "a secret that says nothing",
        block("aws_secretsmanager_secret", 'name = "phi"'),
        block("awscc_secretsmanager_secret", 'name = "phi"'),
        FAIL,
    ),
    Twin(
        "a secret that changes every month",
        KEYS
        + block("aws_secretsmanager_secret", 'name = "phi"\nkms_key_id = aws_kms_key.own.arn')
        + block(
            "aws_secretsmanager_secret_rotation",
            "secret_id = aws_secretsmanager_secret.phi.id\nrotation_rules {\n automatically_after_days = 30\n}",
        ),
        KEYS
        + block("awscc_secretsmanager_secret", 'name = "phi"\nkms_key_id = awscc_kms_key.own.arn')
        + block(
            "awscc_secretsmanager_rotation_schedule",
            "secret_id = awscc_secretsmanager_secret.phi.id\nrotation_rules = { automatically_after_days = 30 }",
        ),
        PASS,
    ),
    Twin(
        "a secret for everyone",
        block("aws_secretsmanager_secret", 'name = "phi"')
        + block(
            "aws_secretsmanager_secret_policy",
            f"secret_arn = aws_secretsmanager_secret.phi.arn\npolicy = {OPEN_SECRET}",
        ),
        block("awscc_secretsmanager_secret", 'name = "phi"')
        + block(
            "awscc_secretsmanager_resource_policy",
            f"secret_id = awscc_secretsmanager_secret.phi.id\nresource_policy = {OPEN_SECRET}",
        ),
        FAIL,
    ),
    Twin(
        "a secret of which nothing is known",
        VARIABLE
        + block("aws_secretsmanager_secret", 'name = "phi"\nkms_key_id = var.open')
        + block(
            "aws_secretsmanager_secret_policy", "secret_arn = aws_secretsmanager_secret.phi.arn\npolicy = var.open"
        ),
        VARIABLE
        + block("awscc_secretsmanager_secret", 'name = "phi"\nkms_key_id = var.open')
        + block(
            "awscc_secretsmanager_resource_policy",
            "secret_id = awscc_secretsmanager_secret.phi.id\nresource_policy = var.open",
        ),
        UNKNOWN,
    ),
]


def trust(principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


EVERYTHING = json.dumps(json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
ADMINISTRATOR = '"arn:aws:iam::aws:policy/AdministratorAccess"'

IAM = [
    Twin(
        "a role that everyone takes on, to do everything",
        block("aws_iam_role", f'name = "phi"\nassume_role_policy = {trust("*")}')
        + block("aws_iam_role_policy", f"role = aws_iam_role.phi.id\npolicy = {EVERYTHING}", "all"),
        block("awscc_iam_role", f'role_name = "phi"\nassume_role_policy_document = {trust("*")}')
        + block(
            "awscc_iam_role_policy",
            f'policy_name = "all"\nrole_name = awscc_iam_role.phi.id\npolicy_document = {EVERYTHING}',
            "all",
        ),
        FAIL,
    ),
    Twin(
        "a role that holds its policy inside, and an administrator's",
        block(
            "aws_iam_role",
            f"""assume_role_policy = {trust("arn:aws:iam::123456789012:root")}
            managed_policy_arns = [{ADMINISTRATOR}]
            inline_policy {{
              name   = "all"
              policy = {EVERYTHING}
            }}""",
        ),
        block(
            "awscc_iam_role",
            f"""assume_role_policy_document = {trust("arn:aws:iam::123456789012:root")}
            managed_policy_arns = [{ADMINISTRATOR}]
            policies = [{{ policy_name = "all", policy_document = {EVERYTHING} }}]""",
        ),
        FAIL,
    ),
    Twin(
        "a role that one account takes on, to do nothing",
        block("aws_iam_role", f"assume_role_policy = {trust('arn:aws:iam::123456789012:root')}"),
        block("awscc_iam_role", f"assume_role_policy_document = {trust('arn:aws:iam::123456789012:root')}"),
        PASS,
    ),
    Twin(
        "a role of which nothing is known",
        VARIABLE + block("aws_iam_role", "assume_role_policy = var.open\nmanaged_policy_arns = var.open"),
        VARIABLE + block("awscc_iam_role", "assume_role_policy_document = var.open\nmanaged_policy_arns = var.open"),
        UNKNOWN,
    ),
    Twin(
        "a policy that allows everything",
        block("aws_iam_policy", f"policy = {EVERYTHING}"),
        block("awscc_iam_managed_policy", f"policy_document = {EVERYTHING}"),
        FAIL,
    ),
]
