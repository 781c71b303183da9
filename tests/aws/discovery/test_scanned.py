"""What a live scan says of what exists and is not judged."""

from __future__ import annotations

from pathlib import Path

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.collecting.discovery import CONFIG, NOT_ASKED, QUESTIONS
from hipaa_guard.aws.sessions.accounts import open_account
from tests.aws.clinic import Clock
from tests.aws.discovery.told import HOME, OPERATIONS, Scanned, index, record, resource, tag
from tests.aws.shapes.samples import ACCOUNT
from tests.aws.wire import Wire

# --- through the command line ---


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
    assert rows["AWS::DynamoDB::Table"]["reason"].startswith("AWS Config, Resource Explorer or tags count 3,")
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


# --- what our kinds are called ---


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
