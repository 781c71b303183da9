"""Buckets of trails that are opened by their access points, or in two ways of which one is not known."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, Case, Told, cases
from tests.policies.cloudtrail.states import BUCKET_PUBLIC
from tests.policies.cloudtrail.test_places import OPEN_ACL, OWN, opened_by_acl, then
from tests.policies.s3.test_access_points import EVERYONE, PARTNER, handed_on, point
from tests.policies.s3.test_vended_logs import TRAIL, trail_into_it

INTO_IT = Told(TRAIL, trail_into_it)
NOT_KNOWN = """
variable "unset" {}
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.files.id
  policy = var.unset
}
"""

test_ways = cases(
    Case(
        BUCKET_PUBLIC,
        "an access point lets in everyone",
        FAIL,
        handed_on() + point(EVERYONE) + INTO_IT,
        says="access point",
    ),
    Case(BUCKET_PUBLIC, "an access point lets in a partner", PASS, handed_on() + point(PARTNER) + INTO_IT),
    Case(BUCKET_PUBLIC, "an access point is blocked", PASS, handed_on() + point(EVERYONE, blocked=None) + INTO_IT),
    Case(
        BUCKET_PUBLIC,
        "the ACL lets in everyone, and the policy is not known",
        FAIL,
        terraform=OWN + OPEN_ACL + NOT_KNOWN,
        aws=then(opened_by_acl),
        denied="s3:GetBucketPolicy",
        says="ACL",
    ),
)
