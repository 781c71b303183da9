"""Access points of buckets: whom they let in, where the policy of the bucket hands access on to them.

A request through an access point needs the leave of both policies: that of the access point and that of the bucket (S3
user guide, "Configuring IAM policies for using access points"). A bucket that hands access on allows everyone who comes
through access points of named accounts or ARNs, so that their policies decide. The request is under the public access
blocks of the access point, of the bucket and of the account ("Managing public access to access points").
"""

from collections.abc import Callable
from typing import cast

from hipaa_guard.authoring import Inventory, PolicyDocument, Statement, Verdict, every, failed, passed, some
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.policies.binding_conditions import binds_caller
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.policies.document import matches, symbolic
from hipaa_guard.facts.resource import Fact
from hipaa_guard.facts.values import PartialText, Undecided, Unknown, Value
from hipaa_guard.judging.cross_account import outsiders_let_in
from hipaa_guard.judging.public_buckets import OVERRULES_POLICIES, all_of, any_of, is_blocked, restricts
from hipaa_guard.services import s3

_BY_ARN, _BY_ORIGIN = "s3:dataaccesspointarn", "s3:accesspointnetworkorigin"
_NAMED = "accesspoint/"
"""Stands before the name in the ARN of an access point."""
_HANDING_ON = ("s3:dataaccesspointaccount", _BY_ORIGIN, _BY_ARN)
"""Keys of requests that come through an access point, which say nothing of the caller."""

ACCESS_POINTS_DECIDE = (
    "Where the bucket policy hands access on to access points, their policies decide: give the one that the finding "
    "names a policy for principals of your own account (aws_s3control_access_point_policy, or aws s3control "
    "put-access-point-policy --account-id ACCOUNT --name ACCESS_POINT --policy file://own-principals-only.json). A "
    "bucket policy that hands nothing on cuts off all who come through access points."
)
"""The part of a fix that is about access points, for its note."""


def opened_by_access_points(bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether an access point of a bucket lets in everyone. Raises `Undecided`."""
    return access_points_open(bucket, inventory).status is Status.FAIL


def access_points_open(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    """The failure of a bucket with an access point that lets in everyone; else a pass. Raises `Undecided`."""

    def everyone(point: s3.AccessPoint) -> str | None:
        policy = point.policy
        if policy is None or point.only_from_vpc or not policy.is_public():  # S3 takes no such one for public
            return None
        if _is_overruled(policy, point, bucket, inventory):
            return None
        return "has a policy that allows everyone, without a condition that names who"

    return _judged(bucket, inventory, everyone)


def access_points_let_in(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    """The failure of a bucket with an access point that lets in other accounts; else a pass. Raises `Undecided`."""

    def outsiders(point: s3.AccessPoint) -> str | None:
        policy = point.policy
        if policy is not None and policy.is_public() and _is_overruled(policy, point, bucket, inventory):
            return None
        return outsiders_let_in(policy, bucket.origin.own_account, owner=lambda: bucket.owner_id)

    return _judged(bucket, inventory, outsiders)


def _judged(bucket: s3.Bucket, inventory: Inventory, lets_in: Callable[[s3.AccessPoint], str | None]) -> Verdict:
    policy = bucket.policy
    said: list[str] = []

    def fails(point: s3.AccessPoint) -> bool:
        if policy is None or not all_of((lambda: _is_of(point, bucket), lambda: _hands_on(policy, point))):
            return False
        whom = lets_in(point)
        if whom is not None:
            said.append(f"hands access on to its access points, of which {point.label} {whom}")
        return whom is not None

    def hands_on() -> bool:
        return policy is not None and some(_is_for_access_points, policy.allowances())

    # Which access points there are is asked last: a policy that hands nothing on is judged without a list of them.
    if all_of((hands_on, lambda: some(fails, inventory.all(s3.AccessPoint)))):
        return failed(said[0])
    return passed("hands access on to no access point that lets in others")


def _is_overruled(policy: PolicyDocument, point: s3.AccessPoint, bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether a public access block restricts a public policy of an access point to the account. Raises `Undecided`."""
    is_on = any_of(
        (
            lambda: point.public_access_block.restrict_public_buckets,
            lambda: is_blocked(OVERRULES_POLICIES, bucket, inventory),
        )
    )
    return is_on and restricts(policy)


def _is_of(point: s3.AccessPoint, bucket: s3.Bucket) -> bool:
    """Whether an access point is one of a bucket. Raises `Undecided`."""
    named = point.peek(cast("Fact", s3.AccessPoint.bucket))
    text = symbolic(named)
    if isinstance(text, str):
        return bucket.is_named({text})
    if isinstance(named, Unknown) and bucket.may_be_named(named):
        raise Undecided(named)
    return False


def _hands_on(policy: PolicyDocument, point: s3.AccessPoint) -> bool:
    """Whether a policy lets in whoever an access point lets in. Raises `Undecided`."""
    return some(lambda statement: _leaves_it_to(point, statement), policy.allowances())


def _is_for_access_points(statement: Statement) -> bool:
    """Whether a statement lets in whoever comes through some access points. Raises `Undecided`."""
    return all_of(
        (
            lambda: some(lambda condition: condition.key in _HANDING_ON, statement.conditions),
            statement.is_about_anyone,
            lambda: not some(lambda each: each.key not in _HANDING_ON and binds_caller(each), statement.conditions),
        )
    )


def _leaves_it_to(point: s3.AccessPoint, statement: Statement) -> bool:
    def meets_all() -> bool:
        return every(
            lambda condition: condition.key not in _HANDING_ON or _is_met(condition, point), statement.conditions
        )

    return all_of((lambda: _is_for_access_points(statement), meets_all))


def _is_met(condition: Condition, point: s3.AccessPoint) -> bool:
    """Whether requests through an access point meet a condition that is about access points. Raises `Undecided`."""
    if condition.key == _BY_ORIGIN:
        return some(lambda value: (str(value).lower() == "vpc") is point.only_from_vpc, condition.values)
    if condition.key != _BY_ARN:
        return True
    return some(lambda value: _names(value, point), condition.values)


def _names(value: Value, point: s3.AccessPoint) -> bool:
    """Whether the ARN or pattern in a condition is that of an access point. Raises `Undecided`."""
    last = value.parts[-1] if isinstance(value, PartialText) else value
    known = last if isinstance(last, str) and _NAMED in last else symbolic(value)
    if isinstance(known, Unknown):
        raise Undecided(known)
    if known in point.names():
        return True
    _, has_name, pattern = known.rpartition(_NAMED)
    name = point.origin.known_name
    return name is not None and matches(pattern, name) if has_name else known.endswith("*")
