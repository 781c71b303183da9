"""Of each issuer of OpenID Connect tokens: claims that name whose tokens are meant, and claims that do not."""

from __future__ import annotations

ORG = "9f1c2d3e-0000-4000-8000-000000000000"
CLUSTER = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
BITBUCKET = "api.bitbucket.org/2.0/workspaces/clinic/pipelines-config/identity/oidc"

Claims = dict[str, tuple[list[str], list[str]]]
"""A claim -> the patterns that name whose tokens are meant, and those that do not."""

_ID: tuple[list[str], list[str]] = (["clinic-1"], ["*", "clinic-*", "?linic-1"])
_PARTS: tuple[list[str], list[str]] = (
    ["organization:clinic:pipeline:*"],
    ["*", "organization:*", "organization:cli*:x"],
)
_ACCOUNT: tuple[list[str], list[str]] = (
    ["system:serviceaccount:records:api", "system:serviceaccount:records:*"],
    ["*", "system:serviceaccount:*", "system:serviceaccount:*:api", "system:serviceaccount:rec*:api"],
)

EXAMPLES: dict[str, Claims] = {
    "cognito-identity.amazonaws.com": {"aud": _ID, "sub": _ID},
    "cognito-identity-us-gov.amazonaws.com": {"aud": _ID},
    "accounts.google.com": {"aud": _ID, "sub": _ID, "google/organization_number": _ID},
    "www.amazon.com": {"app_id": _ID, "user_id": _ID},
    "graph.facebook.com": {"app_id": _ID, "id": _ID},
    "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d": {"sub": _ID},
    "agent.buildkite.com": {"sub": _PARTS},
    "oidc.codefresh.io": {"sub": _PARTS},
    "studio.datachain.ai/api": {"sub": _PARTS},
    "studio.iterative.ai/api": {
        "sub": (["credentials:clinic/records", "credentials:clinic/*"], ["*", "credentials:*"])
    },
    "oidc-configuration.audit-log.githubusercontent.com": {"sub": (["https://github.com/clinic"], ["*", "https://*"])},
    "vstoken.actions.githubusercontent.com": {"sub": (["repo:clinic/*"], ["*", "repo:*/records"])},
    "gitlab.com": {
        "sub": (
            ["project_path:clinic/records:ref_type:branch:ref:main", "project_path:clinic/*"],
            ["*", "project_path:*", "project_path:cli*/records:*", "project_path:*/records:*"],
        )
    },
    "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7": {"sub": _ACCOUNT},
    "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb": {"sub": _ACCOUNT},
    "api.pulumi.com": {"aud": _ID},
    "api.pulumi.com/oidc": {
        "aud": _ID,
        "sub": (["pulumi:deploy:org:clinic:project:*"], ["*", "pulumi:deploy:org:*:x"]),
    },
    "sandboxes.cloud": {"aud": _ID},
    "scalr.io": {"sub": _PARTS},
    "tokens.cloud.shisho.dev": {"sub": _PARTS},
    "app.terraform.io": {"sub": _PARTS},
    "app.eu.terraform.io": {"sub": _PARTS},
    "proidc.upbound.io": {"sub": _PARTS},
    "oidc.vercel.com": {"aud": (["https://vercel.com/clinic"], ["*", "https://vercel.com/cli*"]), "sub": _PARTS},
    "oidc.vercel.com/clinic": {
        "sub": (
            ["owner:clinic:project:records:environment:production", "owner:clinic:project:records:*"],
            ["*", "owner:clinic:*", "owner:clinic:project:*"],
        )
    },
    f"oidc.circleci.com/org/{ORG}": {
        "sub": ([f"org/{ORG}/project/7/user/*"], ["*", "org/*/project/7/user/*", f"org/{ORG}/project/*"]),
        "oidc.circleci.com/project-id": _ID,
    },
    BITBUCKET: {"sub": (["{7}:*", "{7}*:*"], ["*", "*:{9}", "{7*}:*", "{*"])},
    "idp.hashicorp.com/oidc/organization/7": {"aud": _ID, "sub": (["project:7:geo:us:*"], ["*", "project:*"])},
    "vstoken.dev.azure.com/7": {
        "sub": (["sc://clinic/records/deploy", "sc://clinic/records/*"], ["*", "sc://*/records/*"])
    },
    CLUSTER: {"sub": _ACCOUNT},
    "oidc.eks.cn-north-1.amazonaws.com.cn/id/7": {"sub": _ACCOUNT},
}
