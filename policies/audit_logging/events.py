"""Events: trails record who changed the account, and who reached ePHI in it."""

import textwrap
from collections.abc import Callable

from hipaa_guard.authoring import (
    HIGH,
    MEDIUM,
    Fix,
    Inventory,
    Verdict,
    control,
    every,
    failed,
    not_applicable,
    passed,
    some,
)
from hipaa_guard.controls.reasons import Reason
from hipaa_guard.judging.log_delivery import records_all_objects, records_objects
from hipaa_guard.services import cloudtrail

_RECORDED = ("164.312(b)", "164.308(a)(1)(ii)(D)")


def _with(*lines: str) -> str:
    """A trail with these arguments."""
    arguments = textwrap.indent("\n".join(lines).strip(), "  ")
    return (
        'resource "aws_cloudtrail" "phi" {\n  name           = "account"\n'
        f'  s3_bucket_name = "trail-111122223333"\n\n  is_multi_region_trail = true\n\n{arguments}\n}}'
    )


_LEFT_OUT = "leaves out some sources, such as KMS or the RDS Data API: who decrypted or queried ePHI is not told"


def _manages(trail: cloudtrail.Recorder) -> bool:
    """Whether management events of both kinds and of all sources are recorded."""
    return every(lambda verb: cloudtrail.records_management(verb, whole=True)(trail), cloudtrail.KINDS)


def _manages_in_part(trail: cloudtrail.Recorder) -> bool:
    """Whether management events of both kinds are recorded, but perhaps not those of KMS or of the RDS Data API."""
    return every(lambda verb: cloudtrail.records_management(verb, whole=False)(trail), cloudtrail.KINDS)


def _manage_together(trail: cloudtrail.Trail, inventory: Inventory) -> bool:
    """Whether reads and writes are recorded by a trail each: one kind by this trail, the other by another one."""
    return cloudtrail.shared(
        trail,
        inventory,
        lambda verb: cloudtrail.records_management(verb, whole=True),
        lambda other: cloudtrail.reaches_as_far(other, trail),
    )


def _cover(account: cloudtrail.Account, inventory: Inventory, *, whole: bool) -> bool:
    """Whether trails for all regions leave a record of management reads and of writes, be it a trail for each."""

    def told(verb: str) -> bool:
        does = cloudtrail.records_management(verb, whole=whole)
        return some(lambda arn: _covers(arn, inventory, does), account.whole_trails)

    return every(told, cloudtrail.KINDS)


def _covers(arn: str, inventory: Inventory, does: Callable[[cloudtrail.Recorder], bool]) -> bool:
    trail = inventory.find(cloudtrail.WholeTrail, arn)
    return trail is not None and cloudtrail.records(trail, inventory, does)


_OVERWRITES = (
    "The selectors that a trail has are overwritten, not completed: read them first by `aws cloudtrail get-event-selectors`, "
    "and give those that stay as well."
)


@control(
    title="CloudTrail trails record all management events, reads and writes",
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="Management events tell who opened a store of ePHI, copied it or took its protection away.",
    fix=Fix(
        terraform=_with('event_selector {\n  read_write_type           = "All"\n  include_management_events = true\n}'),
        cli="""
            aws cloudtrail put-event-selectors --trail-name TRAIL --event-selectors \\
              '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'
        """,
        note=_OVERWRITES,
        not_by_machine="depends on the event selectors that the trail has",
        consequences=("costs_money",),
    ),
)
def cloudtrail_trail_management_events_logged(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    if cloudtrail.records(trail, inventory, _manages):
        return passed("records management events, reads and writes: its selectors leave out no source")
    if cloudtrail.another(trail, inventory, lambda it: _manages(it) and cloudtrail.reaches_as_far(it, trail)):
        return not_applicable("leaves management events to another trail")
    if _manage_together(trail, inventory):
        return passed(
            "records management events of one kind, reads or writes, and another trail those of the other kind"
        )
    if not _manages_in_part(trail):
        return failed("does not record all management events: its event selectors leave out reads, writes or both")
    if not _manages(trail):
        return failed(f"records management events, but {_LEFT_OUT}")
    return failed(cloudtrail.silence(trail, inventory) or "leaves no record")


@control(
    title="A trail that is logging records management events of the account in all regions",
    severity=HIGH,
    hipaa=(*_RECORDED, "164.308(a)(5)(ii)(C)"),
    why="Without such a trail nobody can find out after an incident who signed in and what was done to ePHI.",
    fix=Fix(
        cli="""
            aws s3api put-bucket-policy --bucket BUCKET --policy file://lets-cloudtrail-write.json
            aws cloudtrail create-trail --name account --s3-bucket-name BUCKET --is-multi-region-trail
            aws cloudtrail start-logging --name account
        """,
        note="CloudTrail refuses a bucket whose policy does not let it check the ACL and write. The first copy of "
        "management events is free of charge, a second copy and the bucket are not: a trail that is there already can be "
        "started, and given all regions and these events, instead.",
        not_by_machine="needs a trail, whose bucket is yours to choose",
        consequences=("costs_money",),
    ),
    peers={"prowler": "cloudtrail_multi_region_enabled_logging_management_events", "aws_config": "cloudtrail-enabled"},
)
def cloudtrail_management_events_logged(account: cloudtrail.Account, inventory: Inventory) -> Verdict:
    if not account.whole_trails:
        if inventory.seen(cloudtrail.Trail) or inventory.unknown(cloudtrail.Trail) is not None:
            return failed("has no trail that covers all regions")
        return failed("has no trail at all: none records management events, nor reads and writes of S3 objects")
    if _cover(account, inventory, whole=True):
        return passed("is covered by trails that are logging management events in all regions")
    if _cover(account, inventory, whole=False):
        return failed(
            f"is covered by trails that are logging management events in all regions, but what is logged {_LEFT_OUT}",
            severity=MEDIUM,
        )
    return failed(
        "has trails for all regions, but none of them is logging management events of both kinds and delivers them"
    )


def _some_objects(verb: str) -> Callable[[cloudtrail.Recorder], bool]:
    """Whether a trail records reads or writes of some S3 objects at least."""

    def recorded(one: cloudtrail.Selector) -> bool:
        about = one.category == "Data" and one.resource_type == "AWS::S3::Object"
        return about and (one.reads if verb == "reads" else one.writes)

    return lambda trail: some(recorded, trail.selectors)


def _object_events(trail: cloudtrail.Trail, inventory: Inventory, verb: str) -> Verdict:
    complete = records_all_objects(verb, inventory)
    if cloudtrail.records(trail, inventory, complete):
        return passed(f"records {verb} of objects in all S3 buckets")
    if cloudtrail.another(trail, inventory, complete):
        return not_applicable(f"leaves {verb} of S3 objects to another trail")
    if records_objects(verb)(trail):
        silence = cloudtrail.silence(trail, inventory)
        return failed(silence or f"records {verb} of objects in its own region only, and buckets lie in others")
    if _some_objects(verb)(trail):
        return failed(
            f"records {verb} of some S3 objects only: its selectors name buckets or events, or leave some out"
        )
    return failed(f"does not record {verb} of S3 objects")


_OBJECT_EVENTS = """
advanced_event_selector {
  field_selector {
    field  = "eventCategory"
    equals = ["Management"]
  }
}
advanced_event_selector {
  field_selector {
    field  = "eventCategory"
    equals = ["Data"]
  }
  field_selector {
    field  = "resources.type"
    equals = ["AWS::S3::Object"]
  }
}"""
_OBJECT_EVENTS_FIX = Fix(
    terraform=_with(_OBJECT_EVENTS),
    cli="""
        aws cloudtrail put-event-selectors --trail-name TRAIL --event-selectors \\
          '[{"ReadWriteType":"All","IncludeManagementEvents":true,
            "DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3"]}]}]'
    """,
    note=_OVERWRITES,
    not_by_machine=Reason("needs a choice of buckets, which is yours", "costs_money"),
)


@control(
    title="CloudTrail trails record who reads objects in S3 buckets",
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="Trails leave out object events unless told otherwise, so that reading ePHI from a bucket goes unrecorded.",
    fix=_OBJECT_EVENTS_FIX,
    peers={
        "prowler": "cloudtrail_s3_dataevents_read_enabled",
        "aws_config": "cloudtrail-s3-dataevents-enabled",
        "powerpipe": "cloudtrail_s3_data_events_enabled",
        "trivy": "AVD-AWS-0172",
    },
)
def cloudtrail_s3_data_events_read_logged(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    return _object_events(trail, inventory, "reads")


@control(
    title="CloudTrail trails record who writes and deletes objects in S3 buckets",
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="Trails leave out object events unless told otherwise, so that altering or deleting ePHI goes unrecorded.",
    fix=_OBJECT_EVENTS_FIX,
    peers={
        "prowler": "cloudtrail_s3_dataevents_write_enabled",
        "aws_config": "cloudtrail-s3-dataevents-enabled",
        "powerpipe": "cloudtrail_s3_data_events_enabled",
        "trivy": "AVD-AWS-0171",
    },
)
def cloudtrail_s3_data_events_write_logged(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    return _object_events(trail, inventory, "writes")
