"""What a line of the rule says where controls were left out or added."""

from __future__ import annotations

from dataclasses import replace

from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.model import Coverage, NotJudged, Scan, Why
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.outputs.wording import requirement_lines
from tests.assessment.unjudged.lines import BY_ID, DATABASE, EVERY, LOGS, NOW, RDS, REST, TRANSIT, found, judged, line


def test_a_control_of_ones_own_for_the_line_fills_the_place() -> None:
    own = Control(
        **{
            name: getattr(BY_ID["dynamodb_table_pitr_enabled"], name)
            for name in ("title", "severity", "why", "fix", "kind", "judge", "needs_inventory")
        },
        id="own_table_tls",
        hipaa=(TRANSIT,),
        safeguard="own",
        module="own.tables",
    )
    scan = Scan("terraform", ".", NOW, NOW, "hcl")
    coverage = Coverage(resources={"dynamodb.Table": 1})
    told = assess(scan, coverage, [*EVERY, own], [found(control_id="own_table_tls")], version="1")
    assert line(told, TRANSIT).status is Status.PASS


def test_controls_that_were_left_out_are_named_with_what_they_would_have_judged() -> None:
    s3 = next(control for control in EVERY if control.kind.kind == "s3.Bucket" and REST in control.hipaa)
    left = [control for control in EVERY if control.id != s3.id]
    told = line(judged(found(), controls=left, resources={**RDS, "s3.Bucket": 2}))
    assert told.status is Status.PARTIAL
    assert NotJudged(Why.LEFT_OUT, "s3.Bucket", 2, controls=(s3.id,)) in told.not_judged
    assert line(judged(found(), controls=left)).status is Status.PASS, "it would have met nothing"


def test_controls_that_were_left_out_and_would_have_judged_a_replica_are_named() -> None:
    kms = BY_ID["dynamodb_table_encrypted_with_kms"]
    told = line(judged(found(control_id=kms.id), controls=[kms], resources={"dynamodb.TableReplica": 3}))
    assert told.status is Status.PARTIAL
    left_out = NotJudged(Why.LEFT_OUT, "dynamodb.TableReplica", 3, controls=("dynamodb_table_encrypted_with_cmk",))
    assert left_out in told.not_judged


def test_a_control_of_ones_own_fills_the_place_for_replicas_too() -> None:
    own = replace(BY_ID["dynamodb_table_pitr_enabled"], id="own_table_tls", hipaa=(TRANSIT,), safeguard="own")
    scan = Scan("terraform", ".", NOW, NOW, "hcl")
    coverage = Coverage(resources={"dynamodb.TableReplica": 1})
    told = assess(scan, coverage, [*EVERY, own], [found(control_id=own.id)], version="1")
    assert line(told, TRANSIT).status is Status.PASS


def test_a_line_whose_controls_were_all_left_out_is_not_assessed() -> None:
    only = [BY_ID[DATABASE]]
    told = line(judged(found(), controls=only, unjudged_kinds={"vpc.Vpc": 1}), LOGS)
    assert told.status is Status.UNKNOWN
    assert {entry.what for entry in told.not_judged} == {"vpc.Vpc", "rds.Instance"}
    assert "left out, for" in requirement_lines.not_judged(told)


def test_an_account_is_asked_for_no_more_than_the_controls_that_were_chosen_need() -> None:
    told = line(judged(found(), controls=[BY_ID[DATABASE]], source="aws"))
    assert told.status is Status.PARTIAL
    by_kind = {entry.what: entry.number for entry in told.not_judged if entry.why is Why.LEFT_OUT}
    assert by_kind["s3.Bucket"] is None
    assert by_kind["rds.Instance"] == 1


def test_the_numbers_of_one_kind_are_added_whatever_controls_were_left_out() -> None:
    left_out = (NotJudged(Why.LEFT_OUT, "s3.Bucket", number, controls=("a", id)) for number, id in ((2, "b"), (3, "c")))
    told = replace(line(judged(found())), not_judged=tuple(left_out))
    assert requirement_lines.not_judged(told) == "3 controls left out, for s3.Bucket 5"
