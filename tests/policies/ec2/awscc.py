"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.ec2.states import KEY_ID
from tests.policies.twins import FAIL, PASS, UNKNOWN, VARIABLE, Twin

PRIVATE = resource("aws_instance", "associate_public_ip_address = false")
SUBNET = 'subnet_id = "subnet-0a1b2c3d4e5f60718"'


def on_interface(provider: str, elastic: str) -> str:
    """An instance whose primary interface, of one of the providers, is given an Elastic IP or none."""
    interface = f"{provider}_network_interface"
    named = f"network_interface_id = {interface}.n.id"
    return (
        resource("aws_instance", f"primary_network_interface {{\n{named}\n}}")
        + resource(interface, SUBNET, "n")
        + (elastic and resource(elastic, f'allocation_id = "eipalloc-1"\n{named}', "e"))
    )


def attached(provider: str, elastic: str) -> str:
    """An instance with a further interface of one of the providers."""
    interface = f"{provider}_network_interface"
    named = f"network_interface_id = {interface}.n.id"
    index = "device_index = 1" if provider == "aws" else 'device_index = "1"'
    return (
        PRIVATE
        + resource(interface, SUBNET, "n")
        + resource(f"{interface}_attachment", f"{index}\ninstance_id = aws_instance.phi.id\n{named}", "a")
        + (elastic and resource(elastic, f'allocation_id = "eipalloc-1"\n{named}', "e"))
    )


def instances(aws: str, awscc: str, around: str = "") -> tuple[str, str]:
    """An instance, as each provider writes it."""
    return around + resource("aws_instance", aws), around + resource("awscc_ec2_instance", awscc)


def given(elastic: str, argument: str, more: str) -> tuple[str, str]:
    """A private instance that is given an Elastic IP, by the attribute with its id."""
    private = 'network_interfaces = [{ device_index = "0", associate_public_ip_address = false }]'
    return (
        PRIVATE + resource(elastic, f"{argument} = aws_instance.phi.id\n{more}", "e"),
        resource("awscc_ec2_instance", private)
        + resource(elastic, f"{argument} = awscc_ec2_instance.phi.instance_id\n{more}", "e"),
    )


def templates(aws: str, awscc: str, around: str = "") -> tuple[str, str]:
    """A launch template, as each provider writes it."""
    data = f"launch_template_data = {{\n{awscc}\n}}"
    return around + resource("aws_launch_template", aws), around + resource("awscc_ec2_launch_template", data)


def from_templates(aws: str, awscc: str, around: str = "") -> tuple[str, str]:
    """An instance that leaves to its template what it does not say."""
    data = f"launch_template_data = {{\n{awscc}\n}}"
    by_id = 'launch_template_id = awscc_ec2_launch_template.t.launch_template_id\nversion = "$Latest"'
    return (
        around
        + resource("aws_launch_template", aws, "t")
        + resource("aws_instance", 'launch_template {\nid = aws_launch_template.t.id\nversion = "$Latest"\n}'),
        around
        + resource("awscc_ec2_launch_template", data, "t")
        + resource("awscc_ec2_instance", f"launch_template = {{\n{by_id}\n}}"),
    )


def configurations(aws: str, awscc: str) -> tuple[str, str]:
    """A launch configuration, as each provider writes it."""
    needed = 'image_id = "ami-0a1b2c3d4e5f60718"\ninstance_type = "t3.micro"\n'
    return (
        resource("aws_launch_configuration", needed + aws),
        resource("awscc_autoscaling_launch_configuration", needed + awscc),
    )


def grouped(version: str) -> tuple[str, str]:
    """A template of which an Auto Scaling group uses a version."""
    aws, awscc = templates(*metadata("required"))
    named = f"version = {version}"
    by_id = "launch_template_id = awscc_ec2_launch_template.phi.id"
    return (
        aws
        + resource("aws_autoscaling_group", f"launch_template {{\nid = aws_launch_template.phi.id\n{named}\n}}", "g"),
        awscc + resource("awscc_autoscaling_auto_scaling_group", f"launch_template = {{\n{by_id}\n{named}\n}}", "g"),
    )


def metadata(tokens: str) -> tuple[str, str]:
    line = f'http_tokens = "{tokens}"'
    return f"metadata_options {{\n{line}\n}}", f"metadata_options = {{\n{line}\n}}"


def disks(encrypted: str) -> tuple[str, str]:
    """The root volume of a template."""
    name, line = 'device_name = "/dev/xvda"', f"encrypted = {encrypted}"
    return (
        f"block_device_mappings {{\n{name}\nebs {{\n{line}\n}}\n}}",
        f"block_device_mappings = [{{\n{name}\nebs = {{\n{line}\n}}\n}}]",
    )


def volumes(encrypted: str, *, apart: bool) -> tuple[str, str]:
    """An instance with an encrypted root volume and one that is declared by itself, attached apart or by `awscc`."""
    text = f'availability_zone = "us-east-1a"\nsize = 8\nencrypted = {encrypted}'
    attached = [
        f"volume_id = {volume}.v.{attribute}\ninstance_id = {of}.phi.{own}"
        for volume, attribute, of, own in (
            ("aws_ebs_volume", "id", "aws_instance", "id"),
            ("awscc_ec2_volume", "volume_id", "awscc_ec2_instance", "instance_id"),
        )
    ]
    aws, awscc = instances(
        "root_block_device {\nencrypted = true\n}",
        'block_device_mappings = [{ device_name = "/dev/xvda", ebs = { encrypted = true } }]'
        + ("" if apart else '\nvolumes = [{ device = "/dev/sdh", volume_id = awscc_ec2_volume.v.volume_id }]'),
        VARIABLE,
    )
    return (
        aws
        + resource("aws_ebs_volume", text, "v")
        + resource("aws_volume_attachment", f'device_name = "/dev/sdh"\n{attached[0]}', "a"),
        awscc
        + resource("awscc_ec2_volume", text, "v")
        + (resource("awscc_ec2_volume_attachment", f'device = "/dev/sdh"\n{attached[1]}', "a") if apart else ""),
    )


def interfaces(*lines: str) -> tuple[str, str]:
    """The interfaces of a template."""
    return (
        "\n".join(f"network_interfaces {{\n{each}\n}}" for each in lines),
        "network_interfaces = [{}]".format(", ".join(f"{{\n{each}\n}}" for each in lines)),
    )


PUBLIC = resource("aws_subnet", "map_public_ip_on_launch = true", "s")
IN_PUBLIC = "subnet_id = aws_subnet.s.id"
ASKS = "associate_public_ip_address = true"
SCRIPT = f'base64encode("export AWS_ACCESS_KEY_ID={KEY_ID}")'
PROFILE = resource("aws_iam_instance_profile", 'name = "records"', "p")
IMAGE = resource("aws_ami", 'name = "records"\nimds_support = "v2.0"', "own")
_PROFILED = "arn = aws_iam_instance_profile.p.arn"

ELASTIC, AWSCC_ELASTIC = "aws_eip_association", "awscc_ec2_eip_association"
_APART = 'allocation_id = "eipalloc-1"\ninstance_id = aws_instance.phi.id'

TWINS = [
    Twin(
        "an instance with an Elastic IP",
        PRIVATE + resource("aws_eip", "instance = aws_instance.phi.id", "e"),
        PRIVATE + resource("awscc_ec2_eip", "instance_id = aws_instance.phi.id", "e"),
        FAIL,
    ),
    Twin(
        "an instance with an associated Elastic IP",
        PRIVATE + resource(ELASTIC, _APART, "e"),
        PRIVATE + resource(AWSCC_ELASTIC, _APART, "e"),
        FAIL,
    ),
    Twin(
        "an instance whose interface has an Elastic IP",
        on_interface("aws", ELASTIC),
        on_interface("awscc_ec2", AWSCC_ELASTIC),
        FAIL,
    ),
    Twin("an instance whose interface has none", on_interface("aws", ""), on_interface("awscc_ec2", ""), PASS),
    Twin(
        "an instance whose further interface has an Elastic IP",
        attached("aws", ELASTIC),
        attached("awscc_ec2", AWSCC_ELASTIC),
        FAIL,
    ),
    Twin("an instance whose further interface has none", attached("aws", ""), attached("awscc_ec2", ""), PASS),
    Twin("an instance of either provider with an Elastic IP", *given("aws_eip", "instance", ""), FAIL),
    Twin("an instance of either provider with one apart", *given(ELASTIC, "instance_id", 'allocation_id = "e"'), FAIL),
    Twin("an instance that says nothing", *instances("", ""), FAIL),
    Twin("an instance with IMDSv2 only", *instances(*metadata("required")), PASS),
    Twin("an instance with IMDSv1", *instances(*metadata("optional")), FAIL),
    Twin(
        "an instance of an image with IMDSv2 only",
        *instances("ami = aws_ami.own.id", "image_id = aws_ami.own.id", IMAGE),
        PASS,
    ),
    Twin(
        "an instance whose metadata service is not known",
        *instances(
            "metadata_options {\nhttp_tokens = var.open\n}", "metadata_options = { http_tokens = var.open }", VARIABLE
        ),
        UNKNOWN,
    ),
    Twin(
        "an instance that asks for a public address",
        *instances(ASKS, f'network_interfaces = [{{ device_index = "0", {ASKS} }}]'),
        FAIL,
    ),
    Twin(
        "an instance that refuses a public address",
        *instances(
            "associate_public_ip_address = false",
            'network_interfaces = [{ device_index = "0", associate_public_ip_address = false }]',
        ),
        PASS,
    ),
    Twin("an instance in a subnet that gives addresses", *instances(IN_PUBLIC, IN_PUBLIC, PUBLIC), FAIL),
    Twin(
        "an instance whose interface is in a subnet that gives addresses",
        *instances(IN_PUBLIC, f'network_interfaces = [{{ device_index = "0", {IN_PUBLIC} }}]', PUBLIC),
        FAIL,
    ),
    Twin(
        "an instance with encrypted volumes",
        *instances(
            'root_block_device {\nencrypted = true\n}\nebs_block_device {\ndevice_name = "/dev/sdf"\nencrypted = true\n}',
            'block_device_mappings = [\n{ device_name = "/dev/xvda", ebs = { encrypted = true } },\n'
            '{ device_name = "/dev/sdf", ebs = { encrypted = true } },\n]',
        ),
        PASS,
    ),
    Twin(
        "an instance with an encrypted volume beside its root",
        *instances(
            'ebs_block_device {\ndevice_name = "/dev/sdf"\nencrypted = true\n}',
            'block_device_mappings = [{ device_name = "/dev/sdf", ebs = { encrypted = true } }]',
        ),
        FAIL,
    ),
    Twin(
        "an instance with a credential in its user data",
        *instances(f"user_data_base64 = {SCRIPT}", f"user_data = {SCRIPT}"),
        FAIL,
    ),
    Twin(
        "an instance with a profile, monitored and protected",
        *instances(
            'iam_instance_profile = "records"\nmonitoring = true\ndisable_api_termination = true',
            'iam_instance_profile = "records"\nmonitoring = true\ndisable_api_termination = true',
        ),
        PASS,
    ),
    Twin("an instance whose template requires IMDSv2", *from_templates(*metadata("required")), PASS),
    Twin("an instance whose template asks for an address", *from_templates(*interfaces(ASKS)), FAIL),
    Twin(
        "an instance whose template has two interfaces",
        *from_templates(*interfaces(f"device_index = 0\n{IN_PUBLIC}", f"device_index = 1\n{IN_PUBLIC}"), PUBLIC),
        PASS,
    ),
    Twin(
        "an instance whose template names a subnet that gives addresses",
        *from_templates(*interfaces(f"device_index = 0\n{IN_PUBLIC}"), PUBLIC),
        FAIL,
    ),
    Twin("an instance to which a volume in the clear is attached", *volumes("false", apart=True), FAIL),
    Twin("an instance to which an encrypted volume is attached", *volumes("true", apart=True), PASS),
    Twin("an instance that attaches a volume in the clear", *volumes("false", apart=False), FAIL),
    Twin("an instance that attaches a volume that may be in the clear", *volumes("var.open", apart=False), UNKNOWN),
    Twin("a template that says nothing", *templates("", ""), FAIL),
    Twin("a template with IMDSv2 only", *templates(*metadata("required")), PASS),
    Twin("a template that asks for an address", *templates(*interfaces(ASKS)), FAIL),
    Twin("a template with an encrypted volume", *templates(*disks("true")), PASS),
    Twin("a template with a volume that is not encrypted", *templates(*disks("false")), FAIL),
    Twin(
        "a template with a credential, a profile, monitoring and protection",
        *templates(
            f"user_data = {SCRIPT}\niam_instance_profile {{\n{_PROFILED}\n}}\n"
            "monitoring {\nenabled = true\n}\ndisable_api_termination = true",
            f"user_data = {SCRIPT}\niam_instance_profile = {{\n{_PROFILED}\n}}\n"
            "monitoring = {\nenabled = true\n}\ndisable_api_termination = true",
            PROFILE,
        ),
        FAIL,
    ),
    Twin("a template whose newest version a group starts", *grouped('"$Latest"'), PASS),
    Twin("a template of which a group starts an old version", *grouped('"1"'), UNKNOWN),
    *(
        Twin(f"a launch configuration {how}", *configurations(*lines), has)
        for how, lines, has in (
            ("that says nothing", ("", ""), FAIL),
            ("with IMDSv2 only", metadata("required"), PASS),
            ("that asks for an address", (ASKS, ASKS), FAIL),
            (
                "with an encrypted volume",
                (
                    'ebs_block_device {\ndevice_name = "/dev/sdf"\nencrypted = true\n}',
                    'block_device_mappings = [{ device_name = "/dev/sdf", ebs = { encrypted = true } }]',
                ),
                PASS,
            ),
            ("with a credential", (f"user_data_base64 = {SCRIPT}", f"user_data = {SCRIPT}"), FAIL),
        )
    ),
]
