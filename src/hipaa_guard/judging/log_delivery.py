"""Logs delivered: who reached ePHI is on record, where the record outlives the resource."""

from collections.abc import Callable
from typing import NamedTuple

from hipaa_guard.authoring import MEDIUM, Inventory, Resource, Verdict, every, failed, judgement, passed, some
from hipaa_guard.facts.lists import all_hold, one_holds
from hipaa_guard.facts.policies.document import symbol, symbolic
from hipaa_guard.facts.values import Cause, Undecided, Unknown
from hipaa_guard.judging.log_targets import LOG_SOURCES, logs_received
from hipaa_guard.services import cloudtrail, cloudwatch_logs, s3

_RECORDED = ("164.312(b)", "164.308(a)(1)(ii)(D)")


@judgement(severity=MEDIUM, hipaa=_RECORDED)
def access_logged(target: str | None, *_: object, logs: str = "access logs", to: str = "") -> Verdict:
    """Told where access logs are delivered to, None where there are none.

    `logs` names them as the service does, `to` what kind of place the target is.
    """
    if target is None:
        return failed(f"delivers no {logs}")
    return passed(f"is set to deliver {logs}{to and f' to {to}'}")


def first_way(*ways: tuple[str, Callable[[], bool]], none_if_refused: bool = False) -> str | None:
    """The name of the first way of delivery that certainly holds; None if none holds.

    With ``none_if_refused`` no way counts where AWS refuses the resource for what one of them reads.

    Raises:
        Undecided: none certainly holds, and one may; or AWS refuses the resource and that counts.

    """
    found: list[str] = []
    refused: list[Undecided] = []

    def holds(way: tuple[str, Callable[[], bool]]) -> bool:
        name, test = way
        try:
            does = test()
        except Undecided as undecided:
            refused.extend([undecided] if undecided.unknown.cause is Cause.REFUSED else [])
            raise
        if does:
            found.append(name)
        return bool(found)

    held = some(holds, ways)
    if refused and none_if_refused:  # such a resource cannot be made, whatever else holds
        raise refused[0]
    return found[0] if held else None


def vended(resource: Resource, inventory: Inventory, *types: str) -> bool:
    """Whether CloudWatch Logs delivers logs of a resource, of one of these types (CloudWatch Logs, PutDeliverySource).

    Raises:
        Undecided: they are not certainly delivered, but may be.

    """
    origin = resource.origin
    own = {origin.arn, symbol(origin.address, "arn"), symbol(origin.address, "id"), *origin.keys}
    own.update(resource.names() if isinstance(resource, s3.Bucket) else ())

    def is_source(source: cloudwatch_logs.DeliverySource) -> bool:
        named = symbolic(source.resource)
        if isinstance(named, Unknown):
            raise Undecided(named)
        return named in own

    def sends(source: cloudwatch_logs.DeliverySource) -> bool:
        tests = (lambda: source.log_type in types, lambda: is_source(source), lambda: source.is_delivered)
        return all_hold(*tests)

    return some(sends, inventory.all(cloudwatch_logs.DeliverySource))


class AccessLogs(NamedTuple):
    """Where server access logs of a bucket go: the way in words, or the place where they are of no use, or nowhere."""

    way: str | None
    in_vain: str = ""


def access_logs_of(bucket: s3.Bucket, inventory: Inventory) -> AccessLogs:
    """Where the server access logs of a bucket go.

    They arrive in a bucket of the same account and region alone (Amazon S3 user guide, "Logging requests with server
    access logging", read 2026-11-30): in a live account the target is among the buckets, or gone. A bucket with Object
    Lock cannot be their destination (same guide, "Object Lock considerations").

    Raises:
        Undecided: they certainly go nowhere else, but may.

    """
    target = s3.log_target_of(bucket)
    in_vain: list[str] = []

    def elsewhere() -> bool:
        if bucket.log_target is None:
            return False
        if bucket.names_itself(target, inventory):
            in_vain.append("into itself, where they lie with what they watch")
        elif inventory.complete and inventory.find(s3.Bucket, target) is None:
            in_vain.append(f"to {target}, which is no bucket of this account: they do not arrive")
        else:
            found = inventory.lookup(s3.Bucket, target)
            if found is not None and found.object_lock:
                in_vain.append(f"to {found.label}, which has Object Lock on: S3 delivers none there")
        return not in_vain

    way = first_way(
        ("to another bucket", elsewhere),
        ("through CloudWatch Logs", lambda: vended(bucket, inventory, "S3_SERVER_ACCESS_LOGS")),
    )
    return AccessLogs(way, in_vain[0] if in_vain and way is None else "")


class Exports(NamedTuple):
    """The logs that are exported to CloudWatch Logs (None: no export is set), and the one that tells who did what.

    `silent` says why this one tells nothing, a sentence about what fills it; empty where it does tell.
    """

    exported: list[str] | None
    needed: str = ""
    silent: str = ""


@judgement(
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="Logs on the instance are gone within days, and with the instance: nobody can then tell who read ePHI.",
)
def logs_exported(exports: Exports, *_: object) -> Verdict:
    """Told the exports. Without any the needed log need not be known."""
    exported, needed, silent = exports
    if exported is None:
        return failed("exports no logs to CloudWatch Logs")
    if some(lambda log: log == needed, exported):
        if silent:
            return failed(f"exports the {needed} log to CloudWatch Logs, but {silent}")
        return passed(f"exports the {needed} log to CloudWatch Logs")
    return failed(f"exports {', '.join(exported) or 'no logs'} to CloudWatch Logs, but not the {needed} log")


_DELIVERED: tuple[tuple[str, str, Callable[[cloudtrail.Delivery | cloudtrail.DeliveryByRegion], str | None]], ...] = (
    ("log files", "S3", lambda delivery: delivery.error),
    ("digests", "S3", lambda delivery: delivery.digest_error),
    ("events to its log group", "CloudWatch Logs", lambda delivery: delivery.log_group_error),
)
"""The things that a trail delivers, the service that takes each, and its error."""


def undelivered(delivery: cloudtrail.Delivery, inventory: Inventory) -> list[str]:
    """The errors of the deliveries of a trail, one for each thing that it delivers: the thing, who refused it, and why.

    Raises:
        Undecided: no error is known, and there may be one.

    """
    errors: list[str] = []
    undecided: Undecided | None = None
    for what, to, error in _DELIVERED:
        try:
            told = cloudtrail.failed_delivery(delivery, inventory, error)
        except Undecided as doubt:
            undecided = undecided or doubt
            continue
        if told:
            errors.append(f"{what}: {to} answered {told}")
    if undecided is not None and not errors:
        raise undecided
    return errors


def reaches_all_buckets(trail: cloudtrail.Recorder, inventory: Inventory) -> bool:
    """Whether no bucket lies where a trail records nothing: a trail for one region leaves out the buckets of others.

    CloudTrail user guide, "Logging data events", read 2026-11-30.

    Raises:
        Undecided: the trail records one region, and there may be buckets elsewhere.

    """
    if trail.is_multi_region:
        return True
    for account in inventory.all(cloudtrail.Account):
        return every(lambda region: cloudtrail.covers_region(trail, region), account.bucket_regions)

    def reaches(bucket: s3.Bucket) -> bool:
        return one_holds(
            lambda: cloudtrail.covers_region(trail, bucket.origin.region),
            lambda: not cloudtrail.of_one_account(trail, bucket),
        )

    if not every(reaches, inventory.all(s3.Bucket)):
        return False
    if not inventory.complete:
        raise Undecided(Unknown("it records one region, and buckets may be declared in others", Cause.NOT_IN_SCOPE))
    return True


def records_objects(verb: str, bucket: s3.Bucket | None = None) -> Callable[[cloudtrail.Recorder], bool]:
    """Whether a trail records ``reads`` or ``writes`` of all S3 objects, or of those of a bucket."""
    names, named = ((), True) if bucket is None else (bucket.names(), bucket.is_named_by_text)

    def recorded(one: cloudtrail.Selector) -> bool:
        about = one.category == "Data" and one.resource_type == "AWS::S3::Object"
        parts = (
            (lambda: one.reads, lambda: one.all_reads)
            if verb == "reads"
            else (lambda: one.writes, lambda: one.all_writes)
        )
        return about and all_hold(*parts, lambda: one.covers(names, named=named))

    return lambda trail: some(recorded, trail.selectors)


def records_all_objects(verb: str, inventory: Inventory) -> Callable[[cloudtrail.Recorder], bool]:
    """Whether a trail records ``reads`` or ``writes`` of all S3 objects, in all regions that have buckets."""
    of_every_bucket = records_objects(verb)
    return lambda trail: all_hold(lambda: of_every_bucket(trail), lambda: reaches_all_buckets(trail, inventory))


def trails_record_objects_of(bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether trails that leave a record tell all reads and all writes of the objects of a bucket.

    Raises:
        Undecided: none certainly does, and one may.

    """

    def told(verb: str) -> bool:
        of_bucket = records_objects(verb, bucket)

        def tells(trail: cloudtrail.Recorder) -> bool:
            return all_hold(
                lambda: of_bucket(trail),
                lambda: cloudtrail.covers_region(trail, bucket.origin.region),
                lambda: cloudtrail.of_one_account(trail, bucket),
            )

        return some(
            lambda trails: some(lambda trail: cloudtrail.records(trail, inventory, tells), trails),
            cloudtrail.recorders(inventory),
        )

    return every(told, ("reads", "writes"))


def needs_no_access_logs(bucket: s3.Bucket, inventory: Inventory) -> str | None:
    """Why a bucket need not deliver access logs, as a predicate; one certain reason decides. None where there is none.

    Raises:
        Undecided: there is no certain reason, but may be one.

    """
    undecided: Undecided | None = None
    try:
        received = logs_received(bucket, inventory, LOG_SOURCES)
        if received is not None:
            return f"receives {received}"
    except Undecided as error:
        undecided = error
    if trails_record_objects_of(bucket, inventory):
        return "leaves the record to a trail, which tells all reads and writes of its objects"
    if undecided is not None:
        raise undecided
    return None
