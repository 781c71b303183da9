"""The controls on EC2 instances and launch templates, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases, resource
from tests.policies.ec2.states import (
    DEFAULT_IMDS,
    HALT,
    IMDS,
    MONITORING,
    PUBLIC,
    TEMPLATE_IMDS,
    TEMPLATE_PUBLIC,
    TERMINATION,
    declared,
    defaults,
    from_template,
    instance,
    metadata,
    subnet,
    template,
)

test_metadata = cases(
    Case(
        IMDS,
        "required",
        PASS,
        instance(metadata('http_tokens = "required"'), MetadataOptions={"HttpTokens": "required"}),
    ),
    Case(
        IMDS,
        "optional",
        FAIL,
        instance(metadata('http_tokens = "optional"'), MetadataOptions={"HttpTokens": "optional"}),
    ),
    Case(IMDS, "nothing said", FAIL, instance()),
    Case(
        IMDS,
        "the service is off",
        PASS,
        instance(metadata('http_endpoint = "disabled"'), MetadataOptions={"HttpEndpoint": "disabled"}),
        says="switched off",
    ),
    Case(IMDS, "the template requires it", PASS, terraform=from_template(metadata('http_tokens = "required"'))),
    Case(
        IMDS,
        "the template requires it and the instance does not",
        FAIL,
        terraform=from_template(metadata('http_tokens = "required"'), lines=metadata('http_tokens = "optional"')),
    ),
    Case(
        IMDS,
        "an old version of a template decides",
        UNKNOWN,
        terraform=from_template(metadata('http_tokens = "required"'), version='"3"'),
        says="version 3",
    ),
    Case(
        IMDS,
        "the latest version of the template requires it",
        PASS,
        terraform=from_template(metadata('http_tokens = "required"'), version="aws_launch_template.t.latest_version"),
    ),
    Case(
        IMDS,
        "a template from elsewhere decides",
        UNKNOWN,
        terraform=declared('launch_template {\nname = "shared"\n}'),
    ),
    Case(
        IMDS,
        "the region's default requires it",
        PASS,
        terraform=declared("", 'resource "aws_ec2_instance_metadata_defaults" "d" { http_tokens = "required" }'),
    ),
    Case(
        TEMPLATE_IMDS,
        "required",
        PASS,
        template(metadata('http_tokens = "required"'), MetadataOptions={"HttpTokens": "required"}),
    ),
    Case(
        TEMPLATE_IMDS,
        "optional",
        FAIL,
        template(metadata('http_tokens = "optional"'), MetadataOptions={"HttpTokens": "optional"}),
    ),
    Case(TEMPLATE_IMDS, "nothing said", FAIL, template(), answers=defaults(None).answers),
    Case(
        TEMPLATE_IMDS,
        "nothing said, and the region's default requires it",
        PASS,
        template().in_aws(),
        answers=defaults("required").answers,
    ),
    Case(
        TEMPLATE_IMDS,
        "versions may not be read",
        UNKNOWN,
        template().in_aws(),
        denied="ec2:DescribeLaunchTemplateVersions",
        says="ec2:DescribeLaunchTemplateVersions",
    ),
    Case(DEFAULT_IMDS, "required", PASS, defaults("required")),
    Case(DEFAULT_IMDS, "optional", FAIL, defaults("optional")),
    Case(DEFAULT_IMDS, "no preference", FAIL, defaults(None)),
    Case(
        DEFAULT_IMDS,
        "may not be read",
        UNKNOWN,
        aws=lambda _: None,
        denied="ec2:GetInstanceMetadataDefaults",
        says="ec2:GetInstanceMetadataDefaults",
    ),
)


def without_address(aws: Aws) -> None:
    net = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    inside = aws.ec2.create_subnet(VpcId=net, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    instance(SubnetId=inside).make(aws)


test_addresses = cases(
    Case(
        PUBLIC,
        "asked for",
        FAIL,
        terraform=declared("associate_public_ip_address = true"),
        aws=instance(
            NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True}],
        ).aws,
    ),
    Case(PUBLIC, "refused", PASS, terraform=declared("associate_public_ip_address = false"), aws=without_address),
    Case(PUBLIC, "nothing said, in a default subnet", FAIL, terraform=declared(""), says="default subnet"),
    Case(
        PUBLIC,
        "nothing said, in a subnet that gives none",
        PASS,
        terraform=declared("subnet_id = aws_subnet.s.id", subnet(maps=False)),
    ),
    Case(
        PUBLIC,
        "nothing said, in a subnet that gives them",
        FAIL,
        terraform=declared("subnet_id = aws_subnet.s.id", subnet(maps=True)),
    ),
    Case(
        PUBLIC,
        "nothing said, in a subnet from elsewhere",
        UNKNOWN,
        terraform=declared('subnet_id = "subnet-0a1b2c3d4e5f60718"'),
    ),
    Case(
        PUBLIC,
        "refused, but given an Elastic IP",
        FAIL,
        terraform=declared(
            "associate_public_ip_address = false", 'resource "aws_eip" "e" { instance = aws_instance.phi.id }'
        ),
    ),
    Case(
        PUBLIC,
        "an Elastic IP associated apart",
        FAIL,
        terraform=declared(
            "associate_public_ip_address = false",
            'resource "aws_eip_association" "e" {\ninstance_id = aws_instance.phi.id\nallocation_id = "eipalloc-1"\n}',
        ),
    ),
    Case(
        PUBLIC,
        "the template refuses",
        PASS,
        terraform=from_template("network_interfaces {\nassociate_public_ip_address = false\n}"),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "asked for, as text",
        FAIL,
        template(
            'network_interfaces {\nassociate_public_ip_address = "true"\n}',
            NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True}],
        ),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "asked for by the second interface",
        FAIL,
        template(
            "network_interfaces {\nassociate_public_ip_address = false\n}\n"
            "network_interfaces {\nassociate_public_ip_address = true\n}",
            NetworkInterfaces=[
                {"DeviceIndex": 0, "AssociatePublicIpAddress": False},
                {"DeviceIndex": 1, "AssociatePublicIpAddress": True},
            ],
        ),
    ),
    Case(TEMPLATE_PUBLIC, "nothing said", PASS, template()),
)


def kept(aws: Aws) -> None:
    one = instance().make(aws)
    aws.ec2.modify_instance_attribute(InstanceId=one, DisableApiTermination={"Value": True})


def grouped(aws: Aws) -> None:
    one = instance().make(aws)
    aws.ec2.create_tags(Resources=[one], Tags=[{"Key": "aws:autoscaling:groupName", "Value": "records"}])


SPOT_OPTIONS = 'instance_market_options {\nmarket_type = "spot"\n}'
SPOT_BY_DEFAULT = 'instance_market_options {\nspot_options {\nmax_price = "0.1"\n}\n}'
BLOCK_OPTIONS = 'instance_market_options {\nmarket_type = "capacity-block"\n}'


def on_market(options: str, market: str) -> Told:
    """An instance that says how it is bought."""
    return instance(options, InstanceMarketOptions={"MarketType": market})


test_spot = cases(
    Case(TERMINATION, "a Spot Instance", NOT_APPLICABLE, on_market(SPOT_OPTIONS, "spot")),
    Case(TERMINATION, "a Spot Instance by its options", NOT_APPLICABLE, terraform=declared(SPOT_BY_DEFAULT)),
    Case(TERMINATION, "of a capacity block", FAIL, terraform=declared(BLOCK_OPTIONS)),
    Case(TERMINATION, "a request for a Spot Instance", NOT_APPLICABLE, terraform=resource("aws_spot_instance_request")),
    Case(TERMINATION, "a Spot Instance by its template", NOT_APPLICABLE, terraform=from_template(SPOT_OPTIONS)),
    Case(
        TERMINATION,
        "bought as a variable without a value says",
        UNKNOWN,
        terraform=declared("instance_market_options {\nmarket_type = var.unset\n}", HALT),
        says="var.unset",
    ),
    Case(
        TERMINATION,
        "protected, and bought as a variable without a value says",
        PASS,
        terraform=declared(
            "disable_api_termination = true\ninstance_market_options {\nmarket_type = var.unset\n}", HALT
        ),
    ),
)

test_operation = cases(
    Case(MONITORING, "every minute", PASS, instance("monitoring = true", Monitoring={"Enabled": True})),
    Case(MONITORING, "nothing said", FAIL, instance()),
    Case(MONITORING, "every minute by the template", PASS, terraform=from_template("monitoring {\nenabled = true\n}")),
    Case(TERMINATION, "protected", PASS, terraform=declared("disable_api_termination = true"), aws=kept),
    Case(TERMINATION, "nothing said", FAIL, instance()),
    Case(TERMINATION, "of an Auto Scaling group", NOT_APPLICABLE, aws=grouped),
)
