"""Compute: whoever asks instances for credentials or calls functions has to show who they are."""

from hipaa_guard.authoring import (
    HIGH,
    LOW,
    MEDIUM,
    Fix,
    Inventory,
    Member,
    Verdict,
    control,
    failed,
    family,
    passed,
    some,
)
from hipaa_guard.judging.template_versions import if_used, template_of
from hipaa_guard.services import ec2, images, lambda_functions

_WHO_IS_CUT_OFF = (
    "Programs that ask without a token lose their credentials (the metric MetadataNoToken counts them), and so do "
    "containers, unless http_put_response_hop_limit is at least 2."
)
"""EC2 user guide, "Transition to using Instance Metadata Service Version 2" and "Configure the Instance Metadata Service
options", read 2026-11-30."""


@family(
    Member(
        "ec2_instance_imdsv2_required",
        ec2.Instance,
        title="EC2 instances hand out credentials through IMDSv2 only",
        fix=Fix(
            sets='aws_instance.metadata_options.http_tokens = "required"',
            cli="aws ec2 modify-instance-metadata-options --instance-id INSTANCE --http-tokens required",
            note=_WHO_IS_CUT_OFF,
            consequences=("cuts_access",),
        ),
        peers={
            "prowler": "ec2_instance_imdsv2_enabled",
            "aws_config": "ec2-imdsv2-check",
            "powerpipe": "ec2_instance_uses_imdsv2",
            "cdk_nag": "HIPAA.Security-EC2IMDSv2Enabled",
            "checkov": "CKV_AWS_79",
            "trivy": "AVD-AWS-0028",
        },
    ),
    Member(
        "launch_template_imdsv2_required",
        ec2.LaunchTemplate,
        title="Launch templates and launch configurations start instances with IMDSv2 only",
        fix=Fix(
            sets='aws_launch_template.metadata_options.http_tokens = "required"',
            cli="""
                aws ec2 create-launch-template-version --launch-template-id TEMPLATE --source-version '$Default' \\
                  --launch-template-data '{"MetadataOptions":{"HttpTokens":"required"}}'
            """,
            note="Then make the new version the default one. A launch configuration or specification cannot be changed: make "
            f"a launch template in its place. {_WHO_IS_CUT_OFF}",
            consequences=("cuts_access",),
        ),
        peers={
            "prowler": (
                "ec2_launch_template_imdsv2_required",
                "autoscaling_group_launch_configuration_requires_imdsv2",
            ),
            "checkov": "CKV_AWS_79",
            "trivy": "AVD-AWS-0130",
        },
    ),
    severity=HIGH,
    hipaa=("164.312(d)", "164.312(a)(1)"),
    why="IMDSv1 gives the instance's credentials to any request that an application can be tricked into forwarding, "
    "and with them every ePHI store the instance may read.",
)
def imdsv2_required(place: ec2.Instance | ec2.LaunchTemplate, inventory: Inventory) -> Verdict:
    return if_used(_tokens_required(place, inventory), place, inventory)


def _tokens_required(place: ec2.Instance | ec2.LaunchTemplate, inventory: Inventory) -> Verdict:
    tokens, endpoint = place.metadata_tokens, place.metadata_endpoint
    places = [place]
    if isinstance(place, ec2.Instance) and (tokens is None or endpoint is None):
        template = template_of(place, inventory)
        if template is not None:
            tokens = template.metadata_tokens if tokens is None else tokens
            endpoint = template.metadata_endpoint if endpoint is None else endpoint
            places.append(template)
    if endpoint == "disabled":
        return passed("has its metadata service switched off")
    if tokens == "required":
        return passed("requires IMDSv2")
    if tokens is not None:
        return failed(f"accepts IMDSv1: http_tokens is {tokens}")
    defaults = inventory.where(ec2.MetadataDefaults, place)
    if endpoint is None and some(lambda region: region.endpoint == "disabled", defaults):
        return passed("leaves its metadata service to the region's default, which switches it off")
    if some(lambda region: region.tokens == "required", defaults):
        return passed("leaves http_tokens to the region's default, which requires IMDSv2")
    of_amazon = _starts_amazon_linux_2023(places, inventory)
    if not of_amazon and not _image_requires_tokens(places, inventory):
        return failed("leaves http_tokens to the image, most of which accept IMDSv1")
    if some(lambda region: region.tokens == "optional", defaults):
        return failed("leaves http_tokens to the region's default, which accepts IMDSv1")
    if of_amazon:
        return failed(
            "leaves http_tokens to its image: Amazon Linux 2023 requires IMDSv2, most others accept IMDSv1", LOW
        )
    return passed("leaves http_tokens to its image, which requires IMDSv2")


def _starts_amazon_linux_2023(places: list[ec2.Instance | ec2.LaunchTemplate], inventory: Inventory) -> bool:
    names = (inventory.name_of(place.peek(type(place).facts["image"])) for place in places)
    return images.is_amazon_linux_2023(next((name for name in names if name is not None), None))


def _image_requires_tokens(places: list[ec2.Instance | ec2.LaunchTemplate], inventory: Inventory) -> bool:
    """Whether the image of an instance, else of its template, is one of one's own that requires tokens.

    The images of others, which are not read, do not count: many of them accept IMDSv1.
    """
    if not some(lambda own: own.imds_support == "v2.0", inventory.all(images.Image)):
        return False
    image = next((image for place in places if (image := place.image) is not None), None)
    found = inventory.find(images.Image, image)
    return found is not None and found.imds_support == "v2.0"


@control(
    title="The region's default for new instances is IMDSv2 only",
    severity=MEDIUM,
    hipaa=("164.312(d)", "164.312(a)(1)"),
    why="The default reaches the instances that nobody thought of, whose credentials may open ePHI stores.",
    fix=Fix(
        sets='aws_ec2_instance_metadata_defaults.http_tokens = "required"',
        cli="aws ec2 modify-instance-metadata-defaults --http-tokens required",
        consequences=("cuts_access",),
    ),
    peers={"prowler": "ec2_instance_account_imdsv2_enabled"},
)
def ec2_account_imdsv2_default(defaults: ec2.MetadataDefaults) -> Verdict:
    if defaults.tokens == "required":
        return passed("requires IMDSv2 of new instances that do not say otherwise")
    return failed(f"does not require IMDSv2 of new instances: http_tokens is {defaults.tokens or 'not set'}")


@control(
    title="Lambda function URLs require requests signed with IAM credentials",
    severity=HIGH,
    hipaa=("164.312(d)", "164.312(a)(1)"),
    why="A URL without authentication lets anyone on the internet run the function, and through it reach ePHI.",
    fix=Fix(
        sets='aws_lambda_function_url.authorization_type = "AWS_IAM"',
        cli="aws lambda update-function-url-config --function-name FUNCTION --auth-type AWS_IAM",
        note="The permission for everyone that came with the URL stays in the function's policy: remove its statements "
        "FunctionURLAllowPublicAccess and FunctionURLAllowInvokeAction.",
        consequences=("cuts_access",),
    ),
    peers={"prowler": "awslambda_function_url_public", "checkov": "CKV_AWS_258"},
)
def lambda_function_url_authenticated(url: lambda_functions.FunctionUrl) -> Verdict:
    if url.authentication == "AWS_IAM":
        return passed("requires IAM credentials")
    return failed(f"asks callers for no credentials: its authorization type is {url.authentication}")
