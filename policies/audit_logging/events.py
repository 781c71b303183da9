"""Events: trails record who changed the account, and who reached ePHI in it."""

import textwrap
from collections.abc import Callable

from hipaa_guard.authoring import HIGH, MEDIUM, Fix, Inventory, Verdict, control, failed, not_applicable, passed, some
from hipaa_guard.services import cloudtrail

_RECORDED = ("164.312(b)", "164.308(a)(1)(ii)(D)")


def _with(*lines: str) -> str:
    """A trail with these arguments."""
    arguments = textwrap.indent("\n".join(lines).strip(), "  ")
    return (
        'resource "aws_cloudtrail" "phi" {\n  name           = "account"\n'
        f'  s3_bucket_name = "trail-111122223333"\n\n{arguments}\n}}'
    )


def _manages(trail: cloudtrail.Recorder) -> bool:
    """Whether management events of both kinds are recorded; KMS and RDS Data API may be left out as too many."""
    reads = some(lambda one: one.category == "Management" and one.reads, trail.selectors)
    return reads and some(lambda one: one.category == "Management" and one.writes, trail.selectors)


@control(
    title="CloudTrail trails record management events, reads and writes",
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="Management events tell who opened a store of ePHI, copied it or took its protection away.",
    fix=Fix(
        terraform=_with('event_selector {\n  read_write_type           = "All"\n  include_management_events = true\n}'),
        cli="""
            aws cloudtrail put-event-selectors --trail-name TRAIL --event-selectors \\
              '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'
        """,
        not_by_machine="depends on the event selectors that the trail has",
        consequences=("costs_money",),
    ),
)
def cloudtrail_trail_management_events_logged(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    if _manages(trail):
        return passed("records management events of both kinds")
    if cloudtrail.another(trail, inventory, _manages):
        return not_applicable("leaves management events to another trail")
    return failed("does not record all management events: its event selectors leave out reads, writes or both")


def _covers(arn: str, inventory: Inventory) -> bool:
    trail = inventory.find(cloudtrail.WholeTrail, arn)
    return trail is not None and trail.is_logging and _manages(trail)


@control(
    title="A trail that is logging records management events of the account in all regions",
    severity=HIGH,
    hipaa=(*_RECORDED, "164.308(a)(5)(ii)(C)"),
    why="Without such a trail nobody can find out after an incident who signed in and what was done to ePHI.",
    fix=Fix(
        cli="""
            aws cloudtrail create-trail --name account --s3-bucket-name BUCKET --is-multi-region-trail
            aws cloudtrail start-logging --name account
        """,
        not_by_machine="needs a trail, whose bucket is yours to choose",
        consequences=("costs_money",),
    ),
    peers={"prowler": "cloudtrail_multi_region_enabled_logging_management_events", "aws_config": "cloudtrail-enabled"},
)
def cloudtrail_management_events_logged(account: cloudtrail.Account, inventory: Inventory) -> Verdict:
    if not account.whole_trails:
        return failed("has no trail that covers all regions")
    if some(lambda arn: _covers(arn, inventory), account.whole_trails):
        return passed("has a trail that is logging management events in all regions")
    return failed("has trails for all regions, but none of them is logging management events of both kinds")


def _objects(verb: str, unlimited: bool) -> Callable[[cloudtrail.Recorder], bool]:
    """Whether a trail records reads or writes of S3 objects: of all buckets, or of some at least."""

    def recorded(one: cloudtrail.Selector) -> bool:
        about = one.category == "Data" and one.resource_type == "AWS::S3::Object"
        return about and (one.reads if verb == "reads" else one.writes) and (one.unlimited or not unlimited)

    return lambda trail: some(recorded, trail.selectors)


def _object_events(trail: cloudtrail.Trail, inventory: Inventory, verb: str) -> Verdict:
    if _objects(verb, unlimited=True)(trail):
        return passed(f"records {verb} of objects in all S3 buckets")
    if cloudtrail.another(trail, inventory, _objects(verb, unlimited=True)):
        return not_applicable(f"leaves {verb} of S3 objects to another trail")
    if _objects(verb, unlimited=False)(trail):
        return failed(f"records {verb} of some S3 objects only: its selectors name buckets, or leave some out")
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
_EACH_EVENT_COSTS = "needs a choice of buckets, since every recorded request costs"
_OBJECT_EVENTS_CLI = """
    aws cloudtrail put-event-selectors --trail-name TRAIL --event-selectors \\
      '[{"ReadWriteType":"All","IncludeManagementEvents":true,
        "DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3"]}]}]'
"""


@control(
    title="CloudTrail trails record who reads objects in S3 buckets",
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="Trails leave out object events unless told otherwise, so that reading ePHI from a bucket goes unrecorded.",
    fix=Fix(terraform=_with(_OBJECT_EVENTS), cli=_OBJECT_EVENTS_CLI, not_by_machine=_EACH_EVENT_COSTS),
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
    fix=Fix(terraform=_with(_OBJECT_EVENTS), cli=_OBJECT_EVENTS_CLI, not_by_machine=_EACH_EVENT_COSTS),
    peers={
        "prowler": "cloudtrail_s3_dataevents_write_enabled",
        "aws_config": "cloudtrail-s3-dataevents-enabled",
        "powerpipe": "cloudtrail_s3_data_events_enabled",
        "trivy": "AVD-AWS-0171",
    },
)
def cloudtrail_s3_data_events_write_logged(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    return _object_events(trail, inventory, "writes")
