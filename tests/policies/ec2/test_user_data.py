"""The forms in which user data comes to an instance, told to Terraform and to AWS."""

from __future__ import annotations

import base64
import json

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.facts.credential_texts import MULTIPART, packed
from tests.policies.ec2.states import (
    HALT,
    SECRETS,
    TEMPLATE_SECRETS,
    declared,
    from_template,
    instance,
    template,
    user_data,
)

PLAIN = "#!/bin/sh\nexec /opt/records/start\n"
EXPORT = "#!/bin/sh\nexport DB_PASSWORD=Aa1234321Bb\n"
IN_TEMPLATE = f"user_data = base64encode({json.dumps(EXPORT)})"
OWN = f"user_data = {json.dumps(PLAIN)}"


def cloud_init(content: str, type: str = "cloudinit_config") -> str:
    """User data of two parts."""
    return f"""
    data "{type}" "all" {{
      part {{
        content_type = "text/cloud-config"
        content      = "#cloud-config\\npackages: [jq]\\n"
      }}
      part {{
        content_type = "text/x-shellscript"
        content      = {content}
      }}
    }}
    """


RENDERED = "data.cloudinit_config.all.rendered"

KEPT = """
data "aws_secretsmanager_secret_version" "s" {
  secret_id = "records"
}
data "aws_ssm_parameter" "p" {
  name = "/records/settings"
}
"""
VALUE = "data.aws_secretsmanager_secret_version.s.secret_string"


def of_secret(line: str) -> str:
    """User data with a line that takes something from a secret, by an expression of Terraform."""
    return KEPT + declared(f'user_data = "#!/bin/sh\\n{line}\\n"')


test_values_of_secrets = cases(
    Case(
        SECRETS, "the value of a secret", FAIL, of_secret(f"export DB_PASSWORD=${{{VALUE}}}"), says="the value of data."
    ),
    Case(SECRETS, "a part of a secret", FAIL, of_secret(f"DB_PASSWORD='${{jsondecode({VALUE}).password}}' start")),
    Case(SECRETS, "a secret for an option", FAIL, of_secret(f"start --db-password ${{{VALUE}}} --port 5432")),
    Case(SECRETS, "a name in a secret", UNKNOWN, of_secret(f"export DB_USER=${{jsondecode({VALUE}).username}}")),
    Case(
        SECRETS,
        "where a secret is",
        PASS,
        of_secret("export SECRET_ARN=${data.aws_secretsmanager_secret_version.s.arn}"),
    ),
    Case(SECRETS, "a parameter", UNKNOWN, of_secret("export SETTINGS=${data.aws_ssm_parameter.p.value}")),
)

test_forms = cases(
    Case(SECRETS, "parts, of which one is in base64", FAIL, user_data(MULTIPART), says="access key id"),
    Case(
        SECRETS,
        "text that is in base64 already",
        FAIL,
        terraform=declared(f"user_data = base64encode({json.dumps(EXPORT)})"),
    ),
    Case(
        SECRETS,
        "compressed by Terraform",
        FAIL,
        terraform=declared(f"user_data_base64 = base64gzip({json.dumps(EXPORT)})"),
    ),
    Case(
        SECRETS,
        "compressed by Terraform, without a credential",
        PASS,
        terraform=declared(f"user_data_base64 = base64gzip({json.dumps(PLAIN)})"),
    ),
    Case(
        SECRETS,
        "encoded by Terraform, beside a variable without a value",
        FAIL,
        terraform=declared('user_data_base64 = base64encode("export DB_PASSWORD=Aa1234321Bb ${var.unset}")', HALT),
    ),
    Case(
        SECRETS,
        "a document within a script",
        FAIL,
        terraform=declared(
            "user_data = <<-EOT\n#!/bin/sh\ncat > /etc/app <<CONFIG\npassword: Aa1234321Bb\nCONFIG\nEOT\n"
        ),
    ),
    Case(
        SECRETS, "cloud-init parts", FAIL, terraform=declared(f"user_data = {RENDERED}", cloud_init(json.dumps(EXPORT)))
    ),
    Case(
        SECRETS,
        "cloud-init parts of the older provider",
        FAIL,
        terraform=declared(
            "user_data = data.template_cloudinit_config.all.rendered",
            cloud_init(json.dumps(EXPORT), "template_cloudinit_config"),
        ),
    ),
    Case(
        SECRETS,
        "cloud-init parts without a credential",
        PASS,
        terraform=declared(f"user_data = {RENDERED}", cloud_init(json.dumps(PLAIN))),
    ),
    Case(
        SECRETS,
        "cloud-init parts with a variable without a value",
        UNKNOWN,
        terraform=declared(f"user_data = {RENDERED}", HALT + cloud_init('"token=${var.unset}"')),
    ),
    Case(
        SECRETS,
        "a password that Terraform makes",
        FAIL,
        terraform=declared(
            'user_data = "init --with ${random_password.p.result}"', 'resource "random_password" "p" { length = 20 }'
        ),
        says="random_password.p",
    ),
    Case(
        TEMPLATE_SECRETS,
        "compressed",
        FAIL,
        template(f'user_data = "{packed(EXPORT)}"', UserData=packed(EXPORT)),
        says="a password",
    ),
    Case(
        TEMPLATE_SECRETS,
        "parts, of which one is in base64",
        FAIL,
        template(
            f"user_data = base64encode({json.dumps(MULTIPART)})",
            UserData=base64.b64encode(MULTIPART.encode()).decode(),
        ),
    ),
    Case(
        TEMPLATE_SECRETS,
        "cloud-init parts",
        FAIL,
        terraform=cloud_init(json.dumps(EXPORT)) + template(f"user_data = {RENDERED}").text,
    ),
    Case(SECRETS, "nothing", PASS, instance()),
    Case(SECRETS, "that of its template", FAIL, terraform=from_template(IN_TEMPLATE), says="launch template"),
    Case(SECRETS, "of its own, not that of its template", PASS, terraform=from_template(IN_TEMPLATE, lines=OWN)),
    Case(
        SECRETS,
        "an empty text, and that of its template",
        FAIL,
        terraform=from_template(IN_TEMPLATE, lines='user_data = ""'),
    ),
    Case(SECRETS, "a template without", PASS, terraform=from_template("")),
    Case(SECRETS, "another version of its template", UNKNOWN, terraform=from_template("", '"1"'), says="version 1"),
    Case(
        SECRETS,
        "of its own, and another version of its template",
        PASS,
        terraform=from_template(IN_TEMPLATE, '"1"', OWN),
    ),
)
