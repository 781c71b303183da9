"""What a live scan says of what exists and is not judged: AWS Config, Resource Explorer and tags, over the wire."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.discovered import unjudged_types
from hipaa_guard.assessment.gate import CLEAN
from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.collecting.discovery import CONFIG, EXPLORER, NOT_ASKED, QUESTIONS, TAGS, type_of_arn
from hipaa_guard.aws.planning import templates
from hipaa_guard.aws.planning.actions import DATA_READS, actions_for
from hipaa_guard.aws.planning.plan import Question, planned
from hipaa_guard.aws.sessions.accounts import open_account
from hipaa_guard.cli.main import run
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.facts.locations import GLOBAL
from hipaa_guard.facts.policy_statements import matches
from hipaa_guard.facts.readings import Listing, is_awscc
from hipaa_guard.facts.resource import Resource
from hipaa_guard.services import dynamodb
from hipaa_guard.testing import all_controls
from tests.aws.clinic import Clock
from tests.aws.granted import actions, policies
from tests.aws.shapes import ACCOUNT
from tests.aws.wire import LACKING, Asked, Wire, answering, model_of
from tests.schema import REFERENCE

HOME, OTHER = "us-east-1", "eu-west-1"
REGIONS = f"{HOME},{OTHER}"
VIEW = f"arn:aws:resource-explorer-2:{HOME}:{ACCOUNT}:view/all/1"
KINDS = [kind for kind in kinds_of(all_controls().values()) if kind.aws is not None]
OPERATIONS = [question.operation for question in QUESTIONS]


@pytest.fixture(scope="module")
def _wire() -> Iterator[Wire]:
    operations = {*OPERATIONS, *planned(KINDS).operations}
    with answering(sorted({operation.partition(".")[0] for operation in operations} | {"sts"})) as wire:
        yield wire


@pytest.fixture
def wire(_wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """An account of two regions that has nothing."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", _wire.url)
    _wire.forget()
    regions = [{"RegionName": region, "OptInStatus": "opt-in-not-required"} for region in (HOME, OTHER)]
    _wire.give("ec2.describe_regions", {"Regions": regions})
    user = f"arn:aws:iam::{ACCOUNT}:user/auditor"
    _wire.give("sts.get_caller_identity", {"Account": ACCOUNT, "Arn": user, "UserId": "one"})
    report = {"Content": b"user,arn\n", "ReportFormat": "text/csv"}
    _wire.give("iam.generate_credential_report", {"State": "COMPLETE"})
    _wire.give("iam.get_credential_report", report)
    return _wire


def record(wire: Wire, region: str, *, all_types: bool = True, **counts: int) -> None:
    """Let AWS Config count these in a region; types are written with ``__`` for ``::``."""
    rows = [{"resourceType": f"AWS::{type.replace('__', '::')}", "count": number} for type, number in counts.items()]
    wire.give("config.get_discovered_resource_counts", {"resourceCounts": rows}, region=region)
    recorder = {"name": "default", "recordingGroup": {"allSupported": all_types}}
    wire.give("config.describe_configuration_recorders", {"ConfigurationRecorders": [recorder]}, region=region)


def resource(arn: str, region: str, type: str = "", *, owner: str = ACCOUNT) -> dict[str, Any]:
    """A resource as Resource Explorer lists it."""
    named = {"CfnResourceType": type} if type else {}
    return {"Arn": arn, "OwningAccountId": owner, "Region": region, "ResourceType": type_of_arn(arn), **named}


def index(wire: Wire, *resources: dict[str, Any], asked: str = HOME, view: str = "", **regions: str) -> None:
    """Let Resource Explorer have indexes in regions (``eu_west_1="LOCAL"``) and list these in one of them."""
    rows = [{"Region": region.replace("_", "-"), "Type": type, "Arn": "a"} for region, type in regions.items()]
    wire.give("resource-explorer-2.list_indexes", {"Indexes": rows})
    answer = {"Resources": list(resources), "ViewArn": VIEW}
    wire.give("resource-explorer-2.list_resources", answer, region=asked)
    wire.give("resource-explorer-2.get_view", {"View": {"ViewArn": VIEW, "Filters": {"FilterString": view}}})


def tag(wire: Wire, region: str, *arns: str) -> None:
    rows = [{"ResourceARN": arn, "Tags": []} for arn in arns]
    wire.give("resourcegroupstaggingapi.get_resources", {"ResourceTagMappingList": rows}, region=region)


def discovered(*, regions: str = REGIONS, kinds: tuple[type[Resource], ...] = ()) -> Collected:
    account = open_account(regions=regions)
    Clock().rule(account)
    return collect(account, kinds, {}, questions=QUESTIONS)


# --- who is believed ---


def test_config_counts_what_it_records_in_each_region(wire: Wire) -> None:
    record(wire, HOME, Redshift__Cluster=2, Glue__Job=1)
    record(wire, OTHER, Redshift__Cluster=1)
    found = discovered().discovered
    assert found.counts == {
        OTHER: {"AWS::Redshift::Cluster": 1},
        HOME: {"AWS::Glue::Job": 1, "AWS::Redshift::Cluster": 2},
    }
    assert found.by == {HOME: (CONFIG,), OTHER: (CONFIG,)}
    assert found.unknown == {}
    assert wire.times("resourcegroupstaggingapi.get_resources") == 0
    assert unjudged_types(found.counts) == {"AWS::Glue::Job": 1, "AWS::Redshift::Cluster": 3}


def test_all_pages_of_config_count(wire: Wire) -> None:
    record(wire, HOME)

    def page(asked: Asked) -> dict[str, Any]:
        if asked.params.get("nextToken") == "more":
            return {"resourceCounts": [{"resourceType": "AWS::MSK::Cluster", "count": 1}]}
        return {"resourceCounts": [{"resourceType": "AWS::Glue::Job", "count": 1}], "nextToken": "more"}

    wire.give("config.get_discovered_resource_counts", page, region=HOME)
    assert discovered(regions=HOME).discovered.counts == {HOME: {"AWS::Glue::Job": 1, "AWS::MSK::Cluster": 1}}


def test_what_belongs_to_the_account_is_counted_once(wire: Wire) -> None:
    for region in (HOME, OTHER):
        record(wire, region, IAM__Policy=4, IAM__ServerCertificate=1, RDS__GlobalCluster=1)
    counts = discovered().discovered.counts
    assert counts == {GLOBAL: {"AWS::IAM::Policy": 4, "AWS::IAM::ServerCertificate": 1, "AWS::RDS::GlobalCluster": 1}}
    assert unjudged_types(counts) == {"AWS::IAM::ServerCertificate": 1, "AWS::RDS::GlobalCluster": 1}


def test_what_config_writes_of_resources_is_no_resource(wire: Wire) -> None:
    record(wire, HOME, Config__ResourceCompliance=90, SSM__ManagedInstanceInventory=3, Glue__Job=1)
    assert discovered(regions=HOME).discovered.counts == {HOME: {"AWS::Glue::Job": 1}}


def test_a_recorder_that_is_off_says_nothing(wire: Wire) -> None:
    record(wire, HOME)
    found = discovered(regions=HOME).discovered
    assert found.by == {HOME: (TAGS,)}
    assert found.unknown == {HOME: "AWS Config records nothing there; Resource Explorer has no index there"}
    assert wire.times("config.describe_configuration_recorders") == 0


def test_a_recorder_of_some_types_does_not_see_all(wire: Wire) -> None:
    record(wire, HOME, all_types=False, S3__Bucket=1)
    tag(wire, HOME, f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:one")
    found = discovered(regions=HOME).discovered
    assert "AWS Config records only some types there" in found.unknown[HOME]
    assert found.by == {HOME: (CONFIG, TAGS)}
    assert found.counts == {HOME: {"AWS::S3::Bucket": 1, "redshift:cluster": 1}}


def test_an_aggregator_answers_for_all_regions_with_an_index(wire: Wire) -> None:
    index(
        wire,
        resource(f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:one", HOME, "AWS::Redshift::Cluster"),
        resource(f"arn:aws:redshift:{OTHER}:{ACCOUNT}:cluster:two", OTHER, "AWS::Redshift::Cluster"),
        resource(f"arn:aws:elasticache:{OTHER}:{ACCOUNT}:cluster:three", OTHER),
        resource(f"arn:aws:cloudfront::{ACCOUNT}:distribution/D", GLOBAL, "AWS::CloudFront::Distribution"),
        resource(f"arn:aws:glue:{HOME}:444455556666:job/theirs", HOME, "AWS::Glue::Job", owner="444455556666"),
        resource(f"arn:aws:glue:ap-south-1:{ACCOUNT}:job/elsewhere", "ap-south-1", "AWS::Glue::Job"),
        us_east_1="AGGREGATOR",
        eu_west_1="LOCAL",
    )
    found = discovered().discovered
    assert found.counts == {
        OTHER: {"AWS::Redshift::Cluster": 1, "elasticache:cluster": 1},
        GLOBAL: {"AWS::CloudFront::Distribution": 1},
        HOME: {"AWS::Redshift::Cluster": 1},
    }
    assert found.by == {HOME: (EXPLORER,), OTHER: (EXPLORER,)}
    assert found.unknown == {}
    assert wire.regions("resource-explorer-2.list_resources") == [HOME]


def test_without_an_aggregator_in_scope_each_index_is_asked_and_no_region_without_one(wire: Wire) -> None:
    index(wire, asked=OTHER, eu_west_1="LOCAL", ap_south_1="AGGREGATOR")
    found = discovered().discovered
    assert found.by == {HOME: (TAGS,), OTHER: (EXPLORER,)}
    assert list(found.unknown) == [HOME]
    assert wire.regions("resource-explorer-2.list_resources") == [OTHER]
    assert wire.regions("resourcegroupstaggingapi.get_resources") == [HOME]


def test_a_view_with_a_filter_does_not_show_all(wire: Wire) -> None:
    index(wire, us_east_1="LOCAL", view="service:ec2")
    found = discovered(regions=HOME).discovered
    assert "the view of Resource Explorer has a filter" in found.unknown[HOME]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_without_a_word_tells_nothing(wire: Wire, operation: str) -> None:
    """The smallest answers that are well-formed: none of them says that there is nothing."""
    index(wire, us_east_1="LOCAL")
    wire.give("config.get_discovered_resource_counts", {"resourceCounts": [{}]})
    wire.give("resource-explorer-2.get_view", {})
    wire.give(operation, {})
    found = discovered(regions=HOME).discovered
    assert found.counts == {}
    assert list(found.unknown) == [HOME]


def test_of_two_who_count_the_same_the_larger_number_holds(wire: Wire) -> None:
    record(wire, HOME, Redshift__Cluster=3)
    clusters = (f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:{n}" for n in range(2))
    index(wire, *(resource(arn, HOME, "AWS::Redshift::Cluster") for arn in clusters), us_east_1="LOCAL")
    found = discovered(regions=HOME).discovered
    assert found.counts == {HOME: {"AWS::Redshift::Cluster": 3}}
    assert found.by == {HOME: (CONFIG, EXPLORER)}


def test_tags_name_what_is_tagged_and_the_rest_is_not_known(wire: Wire) -> None:
    tag(wire, HOME, f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:one", "arn:aws:s3:::bucket", "arn:aws:iam::1:user/u")
    found = discovered(regions=HOME).discovered
    assert found.counts == {HOME: {"redshift:cluster": 1, "s3:bucket": 1}}  # the user is of another account
    assert list(found.unknown) == [HOME]
    assert unjudged_types(found.counts) == {"AWS::redshift::cluster": 1}


def test_a_type_has_one_name_whoever_tells_of_it() -> None:
    counts = {
        HOME: {"AWS::Redshift::Cluster": 2, "redshift:cluster": 3, "kafka:cluster": 1},
        OTHER: {"redshift:cluster": 1},
    }
    assert unjudged_types(counts) == {"AWS::Redshift::Cluster": 4, "AWS::kafka::cluster": 1}


# --- what cannot be asked ---


@pytest.mark.parametrize("how", [*LACKING, "denied", "invalid", "throttled", "unauthorized"])
def test_a_refusal_is_not_known_and_no_failure(wire: Wire, how: str) -> None:
    codes = {
        "denied": ("AccessDeniedException", 403),
        "invalid": ("ValidationException", 400),
        "throttled": ("ThrottlingException", 400),
        "unauthorized": ("UnauthorizedException", 401),
    }
    for operation in OPERATIONS:
        if how in codes:
            wire.refuse(operation, *codes[how])
        else:
            wire.lack(operation, how)
    collected = discovered()
    assert collected.discovered.by == {}
    assert set(collected.discovered.unknown) == {HOME, OTHER}
    assert all("config:GetDiscoveredResourceCounts" in why for why in collected.discovered.unknown.values())
    assert "fault of this program" not in str(collected.discovered.unknown) or how == "invalid"
    assert (collected.gaps, collected.denied, collected.faults) == ((), (), 0)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_refusal_alone_leaves_the_rest_as_it_is(wire: Wire, operation: str) -> None:
    record(wire, HOME, all_types=False, Glue__Job=1)
    index(
        wire, resource(f"arn:aws:dms:{HOME}:{ACCOUNT}:rep:r", HOME, "AWS::DMS::ReplicationInstance"), us_east_1="LOCAL"
    )
    tag(wire, HOME, f"arn:aws:kafka:{HOME}:{ACCOUNT}:cluster/one/1")
    wire.refuse(operation, "AccessDeniedException", 403)
    found = discovered(regions=HOME).discovered
    assert ("AWS::Glue::Job" in found.counts[HOME]) is (operation != "config.get_discovered_resource_counts")
    hidden = {"resource-explorer-2.list_indexes", "resource-explorer-2.list_resources"}
    assert ("AWS::DMS::ReplicationInstance" in found.counts[HOME]) is (operation not in hidden)
    explored = not operation.startswith("resource-explorer-2.")
    assert (found.unknown == {}) is explored
    assert ("kafka:cluster" in found.counts[HOME]) is not explored


def test_no_default_view_is_told_in_words(wire: Wire) -> None:
    index(wire, us_east_1="LOCAL")
    wire.refuse("resource-explorer-2.list_resources", "UnauthorizedException", 401)
    why = discovered(regions=HOME).discovered.unknown[HOME]
    assert "Resource Explorer has no default view in us-east-1, or the role may not use it" in why


def test_a_lost_page_counts_what_was_seen_and_is_told(wire: Wire) -> None:
    def first_page(asked: Asked) -> dict[str, Any]:
        assert "nextToken" not in asked.params
        wire.refuse("config.get_discovered_resource_counts", "InvalidNextTokenException")
        return {"resourceCounts": [{"resourceType": "AWS::Glue::Job", "count": 1}], "nextToken": "lost"}

    wire.give("config.get_discovered_resource_counts", first_page)
    wire.lack("resourcegroupstaggingapi.get_resources", "501")
    found = discovered(regions=HOME).discovered
    assert found.counts == {HOME: {"AWS::Glue::Job": 1}}
    assert found.by == {HOME: (CONFIG,)}
    assert "InvalidNextTokenException" in found.unknown[HOME]


def test_a_scan_that_does_not_ask_says_so(wire: Wire) -> None:
    account = open_account(regions=HOME)
    found = collect(account, (), {}).discovered
    assert (found.counts, found.by, found.unknown) == ({}, {}, {HOME: NOT_ASKED})
    assert not {each.operation for each in wire.asked} & set(OPERATIONS)


# --- through the command line ---

Scanned = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def scanned(wire: Wire, capsys: pytest.CaptureFixture[str]) -> Scanned:
    assert wire.url

    def scan(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        where = [] if "--replay" in arguments else ["--regions", HOME]
        code = run(["scan", "aws", *where, "-o", "json", *arguments])
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, document

    return scan


def test_what_exists_stands_in_the_coverage(wire: Wire, scanned: Scanned) -> None:
    record(wire, HOME, Redshift__Cluster=2)
    coverage = scanned()[1]["coverage"]
    assert coverage["unjudged_types"] == {"AWS::Redshift::Cluster": 2}
    assert coverage["discovered_by"] == {HOME: [CONFIG]}
    assert coverage["discovery_unknown"] == {}
    assert coverage["complete"] is True
    assert coverage["calls"]["config.get_discovered_resource_counts"] == 1


def test_what_is_not_known_is_a_row_and_changes_no_exit_code(wire: Wire, scanned: Scanned) -> None:
    record(wire, HOME, Redshift__Cluster=2)
    sound, known = scanned()
    for operation in OPERATIONS:
        wire.refuse(operation, "AccessDeniedException", 403)
    code, unknown = scanned()
    assert code == sound
    assert unknown["coverage"]["complete"] is True
    assert unknown["gate"] == known["gate"]
    (row,) = [gap for gap in unknown["coverage"]["gaps"] if gap["kind"] == "not discovered"]
    assert row["reason"].startswith("it is not known which other services this account uses: access denied to config:")
    assert (row["region"], row["incomplete"]) == (HOME, False)
    assert list(unknown["coverage"]["discovery_unknown"]) == [HOME]
    assert not [gap for gap in known["coverage"]["gaps"] if gap["kind"] == "not discovered"]


def test_more_than_was_listed_is_a_mild_row(wire: Wire, scanned: Scanned) -> None:
    record(wire, HOME, DynamoDB__Table=3, SQS__Queue=0, IAM__User=1)
    wire.give("dynamodb.list_tables", {"TableNames": ["one"]})
    sound, document = scanned()
    rows = {gap["subject"]: gap for gap in document["coverage"]["gaps"] if gap["kind"] == "exists, not judged"}
    assert set(rows) == {"AWS::DynamoDB::Table", "AWS::IAM::User"}
    assert rows["AWS::DynamoDB::Table"]["reason"].startswith("3 exist")
    assert "the scan listed 1" in rows["AWS::DynamoDB::Table"]["reason"]
    assert rows["AWS::DynamoDB::Table"]["incomplete"] is False
    assert document["coverage"]["unjudged_types"] == {}
    record(wire, HOME, DynamoDB__Table=1)
    assert scanned()[0] == sound


def test_a_type_that_was_not_listed_to_the_end_is_not_compared(wire: Wire, scanned: Scanned) -> None:
    record(wire, HOME, DynamoDB__Table=3)
    wire.refuse("dynamodb.list_tables", "AccessDeniedException", 403)
    _, document = scanned()
    assert document["coverage"]["complete"] is False
    assert not [gap for gap in document["coverage"]["gaps"] if gap["kind"] == "exists, not judged"]


def test_a_scan_for_some_controls_does_not_ask(wire: Wire, scanned: Scanned) -> None:
    _, document = scanned("-c", "s3_bucket_versioning_enabled")
    assert document["coverage"]["discovery_unknown"] == {HOME: NOT_ASKED}
    assert not [gap for gap in document["coverage"]["gaps"] if gap["kind"] == "not discovered"]
    assert not {each.operation for each in wire.asked} & set(OPERATIONS)


def test_evidence_says_the_same_again_and_holds_no_name(wire: Wire, scanned: Scanned, tmp_path: Path) -> None:
    record(wire, HOME, all_types=False, Glue__Job=2)
    secret = f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:patient-jane-doe"
    index(wire, resource(secret, HOME), us_east_1="LOCAL")
    first = scanned("--evidence", str(tmp_path))[1]["coverage"]
    wire.forget()
    again = scanned("--replay", str(tmp_path))[1]["coverage"]
    for name in ("unjudged_types", "discovered_by", "discovery_unknown", "gaps"):
        assert again[name] == first[name]
    assert first["unjudged_types"] == {"AWS::Glue::Job": 2, "AWS::redshift::cluster": 1}
    assert not any("jane" in file.read_text("utf-8") for file in tmp_path.rglob("*.json"))
    assert wire.asked == []


# --- before a scan ---


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(arguments)
    return code, json.loads(capsys.readouterr().out)


def test_the_policy_and_the_dry_run_have_the_calls(capsys: pytest.CaptureFixture[str]) -> None:
    _, dry = told(capsys, "scan", "aws", "--dry-run", "-o", "json")
    assert {call["operation"] for call in dry["calls"]} >= set(OPERATIONS)
    allowed = told_actions(capsys, "iam-policy")
    assert allowed >= set(actions_for((), {}, QUESTIONS))
    assert not told_actions(capsys, "iam-policy", "-c", "s3_bucket_versioning_enabled") & {"tag:GetResources"}
    assert {"resource-explorer-2:Search", "tag:GetResources"} <= allowed


def told_actions(capsys: pytest.CaptureFixture[str], *arguments: str) -> set[str]:
    capsys.readouterr()
    run(arguments)
    return actions(*policies(capsys.readouterr().out))


def test_no_question_reads_what_is_stored_or_changes_anything() -> None:
    for action in actions_for((), {}, QUESTIONS):
        assert not any(matches(each.lower(), action.lower()) for each in DATA_READS)
        assert re.search(r":(Get|List|Describe|Search)", action)


def test_a_preflight_names_what_the_role_lacks_and_is_complete(wire: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    wire.refuse("config.get_discovered_resource_counts", "AccessDeniedException", 403)
    code, found = told(capsys, "scan", "aws", "--preflight", "--regions", HOME, "-o", "json")
    assert found["missing_actions"] == ["config:GetDiscoveredResourceCounts"]
    assert (code, found["complete"]) == (CLEAN, True)
    assert not wire.times("resourcegroupstaggingapi.get_resources")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.operation)
def test_a_question_asks_what_botocore_knows(question: Question) -> None:
    model = model_of(question.operation)
    assert set(question.params) <= set(model.input_shape.members)
    assert set(model.input_shape.required_members) <= set(question.params)
    for path in question.reads:
        _check(model.output_shape, templates.compiled(path).parsed)


def _check(shape: Any, node: dict[str, Any]) -> Any:
    """Walk a plain path: fields, projections and selections of fields."""
    if node["type"] == "field":
        return shape.members[node["value"]]
    if node["type"] in ("multi_select_list", "identity"):
        for child in node["children"]:
            _check(shape, child)
        return shape
    for child in node["children"]:
        shape = _check(shape, child)
        while shape.type_name == "list":
            shape = shape.member
    return shape


# --- what our kinds are called ---


@pytest.mark.parametrize(
    ("arn", "type"),
    [
        ("arn:aws:redshift:us-east-1:111122223333:cluster:one", "redshift:cluster"),
        ("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/a/1", "elasticloadbalancing:loadbalancer/app"),
        ("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/classic", "elasticloadbalancing:loadbalancer"),
        ("arn:aws:s3:::bucket", "s3:bucket"),
        ("arn:aws:s3:us-east-1:1:accesspoint/one", "s3:accesspoint"),
        ("arn:aws:sns:us-east-1:1:topic", "sns:topic"),
        ("arn:aws:sqs:us-east-1:1:queue", "sqs:queue"),
        ("arn:aws:apigateway:us-east-1::/restapis/abc", "apigateway:restapis"),
        ("arn:aws:logs:us-east-1:1:log-group:/aws/lambda/f:*", "logs:log-group"),
        ("arn:aws:iam::1:role/path/name", "iam:role"),
        ("no-arn", ""),
        ("arn:aws:x", ""),
    ],
)
def test_an_arn_names_its_type(arn: str, type: str) -> None:
    assert type_of_arn(arn) == type


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_each_kind_that_is_listed_says_what_aws_calls_it(kind: type[Resource]) -> None:
    if kind.terraform is None:
        assert kind.aws_types == ()  # another look at what has a kind of its own
    elif isinstance(kind.aws, Listing):
        assert kind.aws_types
    arn = getattr(kind.aws, "arn", None)
    if kind.aws_types and arn and arn.startswith("arn:") and isinstance(kind.aws, Listing):
        assert type_of_arn(arn) in kind.aws_types


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_names_of_cloudformation_are_those_of_the_awscc_types(kind: type[Resource]) -> None:
    ours = {_awscc(type) for type in kind.aws_types if "::" in type}
    declared = {type for type in (kind.terraform.types if kind.terraform else ()) if is_awscc(type)}
    if kind.aws_types:
        assert declared - {"awscc_sns_topic"} <= ours | {"awscc_sns_topic"}


def _awscc(type: str) -> str:
    """How the awscc provider writes a name of CloudFormation."""
    _, service, name = type.split("::")
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return f"awscc_{service.lower()}_{words.lower()}"


def test_names_of_cloudformation_exist() -> None:
    registry = gzip.decompress((REFERENCE / "cloudformation_types.txt.gz").read_bytes()).decode().split()
    names = {type for kind in KINDS for type in kind.aws_types if "::" in type}
    assert names <= set(registry), "aws_types: neither in CloudFormation's registry nor a type of AWS Config"


def test_kinds_of_one_type_are_compared_together() -> None:
    assert dynamodb.Table.aws_types == ("AWS::DynamoDB::Table", "dynamodb:table")
    shared = [kind.kind for kind in KINDS if "AWS::RDS::DBInstance" in kind.aws_types]
    assert shared == ["rds.ClusterInstance", "rds.Instance"]


def test_a_scan_that_goes_on_asks_nothing_again_and_says_the_same(wire: Wire) -> None:
    record(wire, HOME, all_types=False, Glue__Job=1)
    index(wire, resource(f"arn:aws:redshift:{HOME}:{ACCOUNT}:cluster:c", HOME), us_east_1="LOCAL", view="service:ec2")
    tag(wire, HOME, f"arn:aws:kafka:{HOME}:{ACCOUNT}:cluster/one/1")
    account = open_account(regions=HOME)
    Clock().rule(account)
    noted: dict[str, Answer] = {}
    first = collect(account, (), {}, questions=QUESTIONS, note=noted.__setitem__)
    wire.forget()
    again = collect(account, (), {}, questions=QUESTIONS, known=noted)
    assert again.discovered == first.discovered
    assert {answer.operation for answer in noted.values()} == set(OPERATIONS)
    assert wire.asked == []
