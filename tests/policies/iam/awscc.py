"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

import json

from hipaa_guard.testing import resource
from tests.policies.iam.permission_sets import INSTANCE, OPEN, attached, document, inline, of_aws
from tests.policies.twins import FAIL, PASS, UNKNOWN, VARIABLE, Twin


def trust(principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def web(provider: str) -> str:
    return (
        'jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", '
        f"Principal = {{ Federated = {provider} }} }}] }})"
    )


def holder_of(provider: str, kind: str) -> str:
    """A user, role or group without policies."""
    name, document = ("name", "assume_role_policy")
    if provider == "awscc":
        name, document = f"{kind}_name", "assume_role_policy_document"
    more = f"\n{document} = {trust('arn:aws:iam::123456789012:root')}" if kind == "role" else ""
    return resource(f"{provider}_iam_{kind}", f'{name} = "phi"{more}')


EVERYTHING = json.dumps(json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
ADMINISTRATOR = '"arn:aws:iam::aws:policy/AdministratorAccess"'

TWINS = [
    Twin(
        "a role that everyone takes on, to do everything",
        resource("aws_iam_role", f'name = "phi"\nassume_role_policy = {trust("*")}')
        + resource("aws_iam_role_policy", f"role = aws_iam_role.phi.id\npolicy = {EVERYTHING}", "all"),
        resource("awscc_iam_role", f'role_name = "phi"\nassume_role_policy_document = {trust("*")}')
        + resource(
            "awscc_iam_role_policy",
            f'policy_name = "all"\nrole_name = awscc_iam_role.phi.id\npolicy_document = {EVERYTHING}',
            "all",
        ),
        FAIL,
    ),
    Twin(
        "a role that holds its policy inside, and an administrator's",
        resource(
            "aws_iam_role",
            f"""assume_role_policy = {trust("arn:aws:iam::123456789012:root")}
            managed_policy_arns = [{ADMINISTRATOR}]
            inline_policy {{
              name   = "all"
              policy = {EVERYTHING}
            }}""",
        ),
        resource(
            "awscc_iam_role",
            f"""assume_role_policy_document = {trust("arn:aws:iam::123456789012:root")}
            managed_policy_arns = [{ADMINISTRATOR}]
            policies = [{{ policy_name = "all", policy_document = {EVERYTHING} }}]""",
        ),
        FAIL,
    ),
    Twin(
        "a role that one account takes on, to do nothing",
        resource("aws_iam_role", f"assume_role_policy = {trust('arn:aws:iam::123456789012:root')}"),
        resource("awscc_iam_role", f"assume_role_policy_document = {trust('arn:aws:iam::123456789012:root')}"),
        PASS,
    ),
    Twin(
        "a role of which nothing is known",
        VARIABLE + resource("aws_iam_role", "assume_role_policy = var.open\nmanaged_policy_arns = var.open"),
        VARIABLE + resource("awscc_iam_role", "assume_role_policy_document = var.open\nmanaged_policy_arns = var.open"),
        UNKNOWN,
    ),
    Twin(
        "a policy that allows everything",
        resource("aws_iam_policy", f"policy = {EVERYTHING}"),
        resource("awscc_iam_managed_policy", f"policy_document = {EVERYTHING}"),
        FAIL,
    ),
    *(
        Twin(
            f"a {kind} that holds its policy inside, and an administrator's",
            resource(f"aws_iam_{kind}", 'name = "phi"')
            + resource(f"aws_iam_{kind}_policy", f"{kind} = aws_iam_{kind}.phi.name\npolicy = {EVERYTHING}", "all")
            + resource(
                f"aws_iam_{kind}_policy_attachment",
                f"{kind} = aws_iam_{kind}.phi.name\npolicy_arn = {ADMINISTRATOR}",
                "admin",
            ),
            resource(
                f"awscc_iam_{kind}",
                f"""managed_policy_arns = [{ADMINISTRATOR}]
                policies = [{{ policy_name = "all", policy_document = {EVERYTHING} }}]""",
            ),
            FAIL,
        )
        for kind in ("user", "group")
    ),
    *(
        Twin(
            f"a {kind} that a managed policy names",
            holder_of("aws", kind)
            + resource("aws_iam_policy", f"policy = {EVERYTHING}", "all")
            + resource(
                f"aws_iam_{kind}_policy_attachment",
                f"{kind} = aws_iam_{kind}.phi.name\npolicy_arn = aws_iam_policy.all.arn",
                "a",
            ),
            holder_of("awscc", kind)
            + resource(
                "awscc_iam_managed_policy",
                f"policy_document = {EVERYTHING}\n{kind}s = [awscc_iam_{kind}.phi.{kind}_name]",
                "all",
            ),
            FAIL if kind == "user" else PASS,
        )
        for kind in ("user", "role", "group")
    ),
    *(
        Twin(
            f"a {kind} with an inline policy of its own resource",
            holder_of("aws", kind)
            + resource(f"aws_iam_{kind}_policy", f"{kind} = aws_iam_{kind}.phi.name\npolicy = {EVERYTHING}", "all"),
            holder_of("awscc", kind)
            + resource(
                f"awscc_iam_{kind}_policy",
                f'policy_name = "all"\n{kind}_name = awscc_iam_{kind}.phi.{kind}_name\npolicy_document = {EVERYTHING}',
                "all",
            ),
            FAIL,
        )
        for kind in ("user", "role", "group")
    ),
    Twin(
        "a role that trusts a provider of GitLab without naming whose tokens",
        resource("aws_iam_openid_connect_provider", 'url = "https://gitlab.com"', "gitlab")
        + resource("aws_iam_role", f"assume_role_policy = {web('aws_iam_openid_connect_provider.gitlab.arn')}"),
        resource("awscc_iam_oidc_provider", 'url = "https://gitlab.com"', "gitlab")
        + resource("awscc_iam_role", f"assume_role_policy_document = {web('awscc_iam_oidc_provider.gitlab.arn')}"),
        FAIL,
    ),
    Twin(
        "a user who has all rights by a group",
        resource("aws_iam_user", 'name = "phi"')
        + resource("aws_iam_user_group_membership", 'user = aws_iam_user.phi.name\ngroups = ["nurses"]', "m"),
        resource("awscc_iam_user", 'user_name = "phi"\ngroups = ["nurses"]'),
        PASS,
    ),
    Twin(
        "a group that holds nothing",
        resource("aws_iam_group", 'name = "phi"'),
        resource("awscc_iam_group", 'group_name = "phi"'),
        PASS,
    ),
    Twin(
        "a group of which nothing is known",
        VARIABLE
        + resource("aws_iam_group", 'name = "phi"')
        + resource("aws_iam_group_policy", "group = aws_iam_group.phi.name\npolicy = var.open", "all")
        + resource("aws_iam_group_policy_attachment", "group = aws_iam_group.phi.name\npolicy_arn = var.open", "any"),
        VARIABLE + resource("awscc_iam_group", "managed_policy_arns = var.open\npolicies = var.open"),
        UNKNOWN,
    ),
    Twin(
        "a permission set with all rights",
        of_aws("AdministratorAccess"),
        resource(
            "awscc_sso_permission_set",
            f'name = "phi"\n{INSTANCE}\nmanaged_policies = ["arn:aws:iam::aws:policy/AdministratorAccess"]',
        ),
        FAIL,
    ),
    Twin(
        "a permission set with all of S3",
        inline(document("s3:*")),
        resource("awscc_sso_permission_set", f'name = "phi"\n{INSTANCE}\ninline_policy = {document("s3:*")}'),
        FAIL,
    ),
    Twin(
        "a permission set whose policies are not known",
        OPEN + attached("var.open"),
        OPEN + resource("awscc_sso_permission_set", f'name = "phi"\n{INSTANCE}\nmanaged_policies = var.open'),
        UNKNOWN,
    ),
]
