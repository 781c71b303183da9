"""Arguments that a case does not speak of and Terraform asks for: each is added where Terraform misses it.

A case tells what a control looks at; the rest of a resource would hide that. So Terraform itself says which argument
is missing, and the tables here say what a clinic would write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Diagnostic = Mapping[str, Any]

_SUBNETS = "[aws_subnet.given_a.id, aws_subnet.given_b.id]"
VALUES = {
    "ami": '"ami-12c6146b"',
    "availability_zone": '"us-east-1a"',
    "cluster_identifier": "aws_rds_cluster.given.id",
    "cluster_name": '"phi-records"',
    "db_cluster_identifier": "aws_rds_cluster.given.id",
    "db_cluster_snapshot_identifier": '"phi-records"',
    "db_instance_identifier": "aws_db_instance.given.identifier",
    "db_snapshot_identifier": '"phi-records"',
    "default_network_acl_id": "aws_vpc.given.default_network_acl_id",
    "engine": '"aurora-postgresql"',
    "engine_family": '"POSTGRESQL"',
    "function_name": '"rotation"',
    "iam_role_arn": "aws_iam_role.given.arn",
    "instance_class": '"db.r6g.large"',
    "aws_db_instance.instance_class": '"db.t4g.medium"',
    "instance_type": '"t3.medium"',
    "load_balancer_arn": '"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/portal/a1b2c3d4e5f60718"',
    "name": '"phi-records"',
    "node_type": '"dax.r5.large"',
    "replication_factor": "3",
    "role": "aws_iam_role.given.arn",
    "role_arn": "aws_iam_role.given.arn",
    "rotation_rules.0.automatically_after_days": "30",
    "s3_bucket": '"riverside-releases"',
    "s3_bucket_name": '"riverside-trails"',
    "scope": '"REGIONAL"',
    "size": "20",
    "max_size": "2",
    "min_size": "1",
    "subnets": _SUBNETS,
    "url": '"s3://riverside-images/engine.vmdk"',
    "disk_container.0.url": '"s3://riverside-images/engine.vmdk"',
    "vpc_id": "aws_vpc.given.id",
    "volume_id": "aws_ebs_volume.given.id",
    "vpc_subnet_ids": _SUBNETS,
    "assume_role_policy": '"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[]}"',
}
"""What is written for an argument of a type, or of any type."""

BLOCKS = {
    "auth": 'auth {\nsecret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:proxy-a1b2c3"\n}',
    "aws_wafv2_web_acl.default_action": "default_action {\nallow {}\n}",
    "aws_eks_cluster.vpc_config": f"vpc_config {{\nsubnet_ids = {_SUBNETS}\n}}",
    "default_action": "default_action {\n"
    'type = "fixed-response"\nfixed_response {\ncontent_type = "text/plain"\nstatus_code = "404"\n}\n}',
    "visibility_config": "visibility_config {\n"
    'cloudwatch_metrics_enabled = true\nmetric_name = "portal"\nsampled_requests_enabled = true\n}',
}
"""The same for blocks."""

TOGETHER = {
    "s3_bucket": {
        "s3_key": 's3_key = "reminders.zip"',
        "handler": 'handler = "reminders.handler"',
        "runtime": 'runtime = "python3.13"',
    },
    "aws_db_instance.instance_class": {
        "allocated_storage": "allocated_storage = 20",
        "engine": 'engine = "postgres"',
        "username": 'username = "clinic"',
        "password": 'password = "not-a-real-password"',
        "skip_final_snapshot": "skip_final_snapshot = true",
    },
    "aws_rds_cluster.engine": {
        "master_username": 'master_username = "clinic"',
        "master_password": 'master_password = "not-a-real-password"',
    },
}
"""What AWS asks for beside an argument although the provider does not, unless the resource is a copy of another."""
_COPIED = re.compile(r"\b(replicate_source_db|snapshot_identifier|restore_to_point_in_time|s3_import|image_uri)\b")
_GENERATED = {"password": "manage_master_user_password", "master_password": "manage_master_user_password"}

COMBINED = {
    "must be at least 1 when billing_mode is": {
        "billing_mode": 'billing_mode = "PAY_PER_REQUEST"',
        "hash_key": 'hash_key = "id"',
        "attribute": 'attribute {\nname = "id"\ntype = "S"\n}',
    },
    'Attribute "port" must be specified when "target_type" is': {
        "port": "port = 8443",
        "protocol": 'protocol = "HTTPS"',
        "vpc_id": "vpc_id = aws_vpc.given.id",
    },
}
"""What a plan asks for, by the words of its error."""

GIVEN = {
    "aws_vpc.given": 'resource "aws_vpc" "given" {\n  cidr_block = "10.20.0.0/16"\n}\n',
    "aws_subnet.given_a": 'resource "aws_subnet" "given_a" {\n  vpc_id = aws_vpc.given.id\n'
    '  cidr_block = "10.20.1.0/24"\n  availability_zone = "us-east-1a"\n}\n',
    "aws_subnet.given_b": 'resource "aws_subnet" "given_b" {\n  vpc_id = aws_vpc.given.id\n'
    '  cidr_block = "10.20.2.0/24"\n  availability_zone = "us-east-1b"\n}\n',
    "aws_iam_role.given": 'resource "aws_iam_role" "given" {\n  name_prefix = "given"\n'
    '  assume_role_policy = "{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[]}"\n}\n',
    "aws_ebs_volume.given": 'resource "aws_ebs_volume" "given" {\n  availability_zone = "us-east-1a"\n  size = 20\n}\n',
    "aws_rds_cluster.given": 'resource "aws_rds_cluster" "given" {\n  engine = "aurora-postgresql"\n'
    '  master_username = "clinic"\n  manage_master_user_password = true\n  skip_final_snapshot = true\n}\n',
    "aws_db_instance.given": 'resource "aws_db_instance" "given" {\n  engine = "postgres"\n'
    '  instance_class = "db.t4g.medium"\n  allocated_storage = 20\n  username = "clinic"\n'
    "  manage_master_user_password = true\n  skip_final_snapshot = true\n}\n",
}
"""Resources that the values refer to."""

_MISSING = re.compile(r'The argument "([^"]+)" is required')
_ONE_OF = re.compile(r"one of `([^`]+)` must be specified")
_BLOCKS = re.compile(r'At least 1 "([^"]+)" blocks are required')
_UNDECLARED = re.compile(r'A managed resource "([^"]+)" "([^"]+)" has not been declared')
_REFERRED = re.compile(r"\baws_\w+\.given\w*")
_TYPE = re.compile(r'^(?:resource|data) "(\w+)"')


def completed(text: str, diagnostics: Iterable[Diagnostic], *, declare: bool) -> str | None:
    """A text with what these errors miss; nothing where one of them is about something else.

    With ``declare`` a resource that is only referred to is declared: a fix speaks of what its reader has already.
    """
    inserted: dict[int, dict[str, str]] = {}
    bare: dict[str, str] = {}
    for one in diagnostics:
        undeclared = _UNDECLARED.search(one.get("detail", ""))
        if undeclared and declare:
            bare[".".join(undeclared.groups())] = 'resource "{}" "{}" {{}}\n'.format(*undeclared.groups())
            continue
        lines = _wanted(one)
        if lines is None or "range" not in one:
            return None
        # The error stands at the opening brace, or just behind it where the block is of one line.
        at = text.rfind("{", 0, len(text.encode()[: one["range"]["end"]["byte"]].decode())) + 1
        inserted.setdefault(at, {}).update(lines)
    for at in sorted(inserted, reverse=True):
        text = _with_lines(text, at, inserted[at])
    text = text.rstrip() + "\n"
    return text + _supports(text) + "".join(bare.values())


def is_missing(diagnostic: Diagnostic) -> bool:
    """Whether the error is the lack of something that the tables have."""
    return _wanted(diagnostic) is not None


def for_aws(text: str) -> str:
    """A text with what AWS asks for and the provider does not."""
    for key, lines in TOGETHER.items():
        type_, dot, _ = key.partition(".")
        heads = list(re.finditer(rf'resource "{type_}" "\w+" \{{', text)) if dot else []
        for head in reversed(heads):
            text = _with_lines(text, head.end(), lines, others=True)
    return text


def _wanted(diagnostic: Diagnostic) -> dict[str, str] | None:
    """The arguments to add by name; nothing where the error is no lack of an argument."""
    detail = f"{diagnostic.get('summary', '')} {diagnostic.get('detail', '')}"
    combined = next((lines for words, lines in COMBINED.items() if words in detail), None)
    if combined is not None:
        return combined
    head = _TYPE.match(diagnostic.get("snippet", {}).get("context") or "")
    type_ = head[1] if head else ""
    block = _BLOCKS.search(detail)
    if block:
        known = BLOCKS.get(f"{type_}.{block[1]}", BLOCKS.get(block[1]))
        return None if known is None else {block[1]: known}
    missing, one_of = _MISSING.search(detail), _ONE_OF.search(detail)
    names = [missing[1]] if missing else one_of[1].split(",") if one_of else []
    for name in names:
        key = next((key for key in (f"{type_}.{name}", name) if key in VALUES), None)
        if key is not None:
            own = name.rpartition(".")[2]
            also = TOGETHER.get(f"{type_}.{name}", TOGETHER.get(name, {}))
            return {own: f"{own} = {VALUES[key]}"} | also
    return None


def _with_lines(text: str, at: int, lines: Mapping[str, str], *, others: bool = False) -> str:
    """Lines put behind the brace that ends at a place; what the block says already is left out.

    The first is what is missing, and the others go with it; with ``others`` all of them do.
    """
    end = _closing(text, at)
    body = text[at:end]
    copied = bool(_COPIED.search(body))
    added = []
    for number, (name, line) in enumerate(lines.items()):
        instead = _GENERATED.get(name, name)
        if re.search(rf"(?:^|;)\s*({name}|{instead})\s*[={{]", body, re.MULTILINE) or (copied and (number or others)):
            continue
        added.append(line)
    if not added:
        return text
    one_line = "\n" not in body
    return (
        text[:at] + "\n" + "\n".join(added) + "\n" + body.strip(" " if one_line else "") + "\n" * one_line + text[end:]
    )


def _closing(text: str, at: int) -> int:
    """Where the block ends whose opening brace ends at a place."""
    depth = 1
    for found in re.finditer(r'"(?:\\.|[^"\\])*"|[{}]', text[at:]):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return at + found.start()
    return len(text)


def _supports(text: str) -> str:
    """The declarations of the given resources that a text refers to, and of those that these refer to."""
    added = ""
    while missing := {name for name in _REFERRED.findall(text + added) if name in GIVEN} - _declared(text + added):
        added += "".join(GIVEN[name] for name in sorted(missing))
    return added


def _declared(text: str) -> set[str]:
    return {f"{type_}.{name}" for type_, name in re.findall(r'resource "(\w+)" "(given\w*)"', text)}
