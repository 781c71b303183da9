"""IMDSv2 by the image or by the default of a region: EC2 user guide, "Order of precedence for instance metadata options"."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import HIGH, LOW
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, answered, cases, resource
from tests.policies.ec2.states import HALT, IMDS, TEMPLATE_IMDS, declared, defaults, from_template, metadata, template

REQUIRES = 'resource "aws_ami" "own" {\nname = "records"\nimds_support = "v2.0"\n}\n'
SAYS_NOTHING = 'resource "aws_ami" "own" {\nname = "records"\n}\n'
COPY = (
    'resource "aws_ami_copy" "own" {\nname = "records"\nsource_ami_id = "ami-0a1b2c3d4e5f60718"\n'
    'source_ami_region = "us-east-1"\n}\n'
)
OWN = "ami = aws_ami.own.id"

LATEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
OF_ECS = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
PARAMETER = f'data "aws_ssm_parameter" "al" {{\nname = "{LATEST}"\n}}\n'


def amazon(owner: str, names: str) -> str:
    return (
        f'data "aws_ami" "al" {{\nmost_recent = true\nowners = ["{owner}"]\n'
        f'filter {{\nname = "name"\nvalues = ["{names}"]\n}}\n}}\n'
    )


def region(tokens: str | None, endpoint: str | None = None) -> str:
    return str(defaults(tokens, endpoint).text).replace('"phi"', '"d"')


def image(text: str) -> str:
    return f"image_id = aws_ami.own.id\n{text}"


test_declared = cases(
    Case(IMDS, "the image requires it", PASS, terraform=declared(OWN, REQUIRES), says="to its image"),
    Case(IMDS, "the image says nothing", FAIL, terraform=declared(OWN, SAYS_NOTHING)),
    Case(
        IMDS,
        "the image requires it and the instance does not",
        FAIL,
        terraform=declared(OWN + "\n" + metadata('http_tokens = "optional"'), REQUIRES),
        says="http_tokens is optional",
    ),
    Case(
        IMDS,
        "the image requires it and the region's default does not",
        FAIL,
        terraform=declared(OWN, REQUIRES + region("optional")),
        says="region's default, which accepts IMDSv1",
    ),
    Case(
        IMDS,
        "the image requires it and the region has no preference",
        PASS,
        terraform=declared(OWN, REQUIRES + region("no-preference")),
    ),
    Case(IMDS, "another image requires it", FAIL, terraform=declared("", REQUIRES)),
    Case(
        IMDS,
        "an image from elsewhere, beside one that requires it",
        UNKNOWN,
        terraform=declared('ami = "ami-0a1b2c3d4e5f60718"', REQUIRES),
    ),
    Case(
        IMDS,
        "an image that a variable names, beside one that requires it",
        UNKNOWN,
        terraform=declared("ami = var.unset", HALT + REQUIRES),
    ),
    *(
        Case(IMDS, f"Amazon Linux 2023, {how}", FAIL, terraform=declared(f"ami = {image}", text), severity=LOW)
        for how, image, text in (
            ("by a data source", "data.aws_ami.al.id", amazon("amazon", "al2023-ami-2023.*-x86_64")),
            ("by the account of its maker", "data.aws_ami.al.id", amazon("137112412989", "al2023-ami-*")),
            ("by a parameter", "data.aws_ssm_parameter.al.value", PARAMETER),
            ("of ECS", "data.aws_ssm_parameter.al.value", PARAMETER.replace(LATEST, OF_ECS)),
        )
    ),
    *(
        Case(IMDS, f"no Amazon Linux 2023, {how}", FAIL, terraform=declared("ami = data.aws_ami.al.id", text))
        for how, text in (
            ("Amazon Linux 2", amazon("amazon", "amzn2-ami-hvm-*")),
            ("its name with another owner", amazon("444455556666", "al2023-ami-*")),
            ("one of two patterns", amazon("amazon", 'al2023-ami-*", "amzn2-*')),
        )
    ),
    Case(
        IMDS,
        "Amazon Linux 2023 by a parameter that the template names",
        FAIL,
        severity=LOW,
        terraform=from_template(f'image_id = "resolve:ssm:{LATEST}"'),
    ),
    Case(
        IMDS,
        "Amazon Linux 2023, where the region's default accepts IMDSv1",
        FAIL,
        terraform=declared("ami = data.aws_ami.al.id", amazon("amazon", "al2023-ami-*") + region("optional")),
        says="region's default, which accepts IMDSv1",
        severity=HIGH,
    ),
    Case(
        IMDS,
        "Amazon Linux 2023, beside an image of one's own that requires it",
        FAIL,
        terraform=declared("ami = data.aws_ami.al.id", amazon("amazon", "al2023-ami-*") + REQUIRES),
        severity=LOW,
    ),
    Case(
        IMDS,
        "Amazon Linux 2023, where the instance accepts IMDSv1",
        FAIL,
        terraform=declared(
            "ami = data.aws_ami.al.id\n" + metadata('http_tokens = "optional"'), amazon("amazon", "al2023-ami-*")
        ),
    ),
    Case(IMDS, "an image that a variable names", FAIL, terraform=declared("ami = var.unset", HALT)),
    Case(
        IMDS,
        "a copy of an image",
        UNKNOWN,
        terraform=declared("ami = aws_ami_copy.own.id", COPY),
        says="only after apply",
    ),
    Case(
        IMDS,
        "the image of the template requires it",
        PASS,
        terraform=REQUIRES + from_template(image("")),
    ),
    Case(
        IMDS,
        "the image of the instance, which says nothing, before that of the template",
        FAIL,
        terraform=REQUIRES
        + resource("aws_ami", 'name = "other"', "other")
        + from_template(image(""), lines="ami = aws_ami.other.id"),
    ),
    Case(
        IMDS,
        "the region's default switches the service off",
        PASS,
        terraform=declared("", region(None, "disabled")),
        says="switches it off",
    ),
    Case(
        IMDS,
        "the instance switches on what the region's default switches off",
        FAIL,
        terraform=declared(metadata('http_endpoint = "enabled"'), region(None, "disabled")),
    ),
    Case(TEMPLATE_IMDS, "the image requires it", PASS, terraform=REQUIRES + str(template(image("")).text)),
    Case(TEMPLATE_IMDS, "the image says nothing", FAIL, terraform=SAYS_NOTHING + str(template(image("")).text)),
)


def of_image(support: dict[str, str], level: dict[str, str]) -> Any:
    """The answers of an account with one image and with defaults of the region, neither of which moto knows."""

    def register(session: Any) -> None:
        own = {"ImageId": "ami-0a1b2c3d4e5f60718", "Name": "records", "State": "available", **support}
        answered(session, "ec2", "DescribeImages", {"Images": [own]})
        answered(session, "ec2", "GetInstanceMetadataDefaults", {"AccountLevel": level})

    return register


def started_from_it(aws: Aws) -> None:
    template(ImageId="ami-0a1b2c3d4e5f60718").make(aws)


def started_from_another(aws: Aws) -> None:
    template(ImageId="ami-12c6146b").make(aws)


V2 = {"ImdsSupport": "v2.0"}

test_live = cases(
    Case(TEMPLATE_IMDS, "the image requires it", PASS, aws=started_from_it, answers=of_image(V2, {})),
    Case(TEMPLATE_IMDS, "the image says nothing", FAIL, aws=started_from_it, answers=of_image({}, {})),
    Case(TEMPLATE_IMDS, "an image of others", FAIL, aws=started_from_another, answers=of_image(V2, {})),
    Case(
        TEMPLATE_IMDS,
        "the image requires it and the region's default does not",
        FAIL,
        aws=started_from_it,
        answers=of_image(V2, {"HttpTokens": "optional"}),
    ),
    Case(
        TEMPLATE_IMDS,
        "the region's default switches the service off",
        PASS,
        aws=started_from_it,
        answers=of_image({}, {"HttpEndpoint": "disabled"}),
    ),
    Case(
        TEMPLATE_IMDS,
        "the images may not be listed",
        UNKNOWN,
        aws=started_from_it,
        answers=of_image(V2, {}),
        denied="ec2:DescribeImages",
    ),
)
