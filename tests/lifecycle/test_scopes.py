"""What a scope covers, and when it is too broad."""

from __future__ import annotations

import pytest

from hipaa_guard.assessment.exception_scopes import ExceptionScope
from hipaa_guard.controls.exception import ExceptionReference, SourceComments
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.origin import Origin

BUCKET = Origin("s3.Bucket", "aws_s3_bucket", "phi", "terraform", address="aws_s3_bucket.phi", root="live/prod")
LIVE = Origin(
    "kms.Key",
    None,
    "k",
    "aws",
    arn="arn:aws:kms:eu-west-1:123456789012:key/k",
    region="eu-west-1",
    account="123456789012",
)


def at(address: str) -> Origin:
    return Origin("s3.Bucket", "aws_s3_bucket", "phi", "terraform", address=address)


@pytest.mark.parametrize(
    "pattern, address, fits",
    [
        ("aws_s3_bucket.phi", "aws_s3_bucket.phi", True),
        ("aws_s3_bucket.phi", "aws_s3_bucket.phi_copy", False),
        ("aws_s3_bucket.phi", "module.a.aws_s3_bucket.phi", False),
        ("aws_s3_bucket.phi", "aws_s3_bucket.phi[0]", True),
        ("aws_s3_bucket.phi", 'aws_s3_bucket.phi["a.b"]', True),
        ("aws_s3_bucket.phi", "aws_s3_bucket.phi[?]", True),
        ("aws_s3_bucket.phi[0]", "aws_s3_bucket.phi[1]", False),
        ("aws_s3_bucket.phi[0]", "aws_s3_bucket.phi", False),
        ("aws_s3_bucket.phi[*]", "aws_s3_bucket.phi[7]", True),
        ("aws_s3_bucket.phi[*]", 'aws_s3_bucket.phi["x].y"]', True),
        ("aws_s3_bucket.phi[*]", "aws_s3_bucket.phi", False),
        ('aws_s3_bucket.phi["eu-*"]', 'aws_s3_bucket.phi["eu-west-1"]', True),
        ('aws_s3_bucket.phi["eu-*"]', 'aws_s3_bucket.phi["us-east-1"]', False),
        ('aws_s3_bucket.phi["eu-*"]', 'aws_s3_bucket.phi["eu-"].x["y"]', False),
        ("aws_s3_bucket.log_*", "aws_s3_bucket.log_main", True),
        ("aws_s3_bucket.*", "aws_s3_bucket.log_main[0]", True),
        ("aws_s3_bucket.*", "module.a.aws_s3_bucket.x", False),
        ("*.phi", "aws_s3_bucket.phi", True),
        ("module.a.aws_s3_bucket.phi", 'module.a["k"].aws_s3_bucket.phi', True),
        ('module.a["k"].aws_s3_bucket.phi', 'module.a["l"].aws_s3_bucket.phi', False),
        ("module.a", "module.a.aws_s3_bucket.phi[0]", True),
        ("module.a", "module.a[1].module.b.aws_s3_bucket.phi", True),
        ("module.a", "module.ab.aws_s3_bucket.phi", False),
        ("module.*.aws_s3_bucket.phi", "module.x.aws_s3_bucket.phi", True),
        ("module.*.aws_s3_bucket.phi", "module.x.module.y.aws_s3_bucket.phi", False),
        ("**.aws_s3_bucket.phi", "module.x[0].module.y.aws_s3_bucket.phi", True),
        ("**.aws_s3_bucket.phi", "aws_s3_bucket.phi", True),
        ("module.a.**", "module.a.module.b.aws_s3_bucket.phi", True),
        ("module.a.**", "module.b.aws_s3_bucket.phi", False),
        ("aws_s3_bucket.p[", "aws_s3_bucket.phi", False),
        ("aws_s3_bucket.p.i", "aws_s3_bucket.phi", False),
        ("", "aws_s3_bucket.phi", False),
    ],
)
def test_addresses(pattern: str, address: str, fits: bool) -> None:
    assert ExceptionScope(address=pattern).covers("EX-1", at(address)) is fits


@pytest.mark.parametrize(
    "scope, origin, fits",
    [
        (ExceptionScope(address="aws_s3_bucket.phi", root="live/prod"), BUCKET, True),
        (ExceptionScope(address="aws_s3_bucket.phi", root="live/*"), BUCKET, True),
        (ExceptionScope(address="aws_s3_bucket.phi", root="*"), BUCKET, False),
        (ExceptionScope(address="aws_s3_bucket.phi", root="**"), BUCKET, True),
        (ExceptionScope(address="aws_s3_bucket.phi", root="."), BUCKET, False),
        (ExceptionScope(arn="arn:aws:kms:*:123456789012:key/k"), LIVE, True),
        (ExceptionScope(arn="arn:aws:kms:*:123456789012:key/kk"), LIVE, False),
        (
            ExceptionScope(arn="arn:aws:kms:eu-west-1:123456789012:key/k", account="123456789012", region="eu-west-1"),
            LIVE,
            True,
        ),
        (ExceptionScope(account="123456789013"), LIVE, False),
        (ExceptionScope(account="123456789012"), BUCKET, False),
        (ExceptionScope(region="eu-west-1"), BUCKET, False),
        (ExceptionScope(arn="*"), BUCKET, False),
        (ExceptionScope(root="*"), LIVE, False),
        (ExceptionScope(address="*.*"), LIVE, False),
    ],
)
def test_all_parts_must_fit_and_what_is_not_known_does_not(scope: ExceptionScope, origin: Origin, fits: bool) -> None:
    assert scope.covers("EX-1", origin) is fits


def test_tags_that_are_known() -> None:
    scope = ExceptionScope(tags={"Data": "public", "Team": "*"})
    assert scope.covers("EX-1", BUCKET, SourceComments(tags={"Data": "public", "Team": "web", "x": "y"}))
    assert not scope.covers("EX-1", BUCKET, SourceComments(tags={"Data": "public"}))
    assert not scope.covers("EX-1", BUCKET, SourceComments(tags={"Data": "public2", "Team": "web"}))
    assert not scope.covers("EX-1", BUCKET)


def test_inline_needs_its_own_reference() -> None:
    marks = SourceComments((ExceptionReference("EX-2", "", Location("main.tf", 1, 1)),))
    assert ExceptionScope(inline=True).covers("EX-2", BUCKET, marks)
    assert not ExceptionScope(inline=True).covers("EX-1", BUCKET, marks)
    assert not ExceptionScope(inline=True, address="aws_s3_bucket.other").covers("EX-2", BUCKET, marks)


@pytest.mark.parametrize(
    "scope, broad",
    [
        (ExceptionScope(address="aws_s3_bucket.phi"), False),
        (ExceptionScope(address="aws_s3_bucket.log_*[*]"), False),
        (ExceptionScope(address="**.aws_s3_bucket.phi"), False),
        (ExceptionScope(address="aws_s3_bucket.*"), True),
        (ExceptionScope(address="*"), True),
        (ExceptionScope(address="**"), True),
        (ExceptionScope(address="*.phi"), True),
        (ExceptionScope(address="module.a"), True),
        (ExceptionScope(address='module.a["k"]'), True),
        (ExceptionScope(address="module.a.**"), True),
        (ExceptionScope(arn="arn:aws:s3:::phi"), False),
        (ExceptionScope(arn="arn:aws:s3:::*"), True),
        (ExceptionScope(arn="arn:aws:kms:*:*:key/*"), True),
        (ExceptionScope(arn="arn:aws:rds:*:*:db:phi"), False),
        (ExceptionScope(arn="*"), True),
        (ExceptionScope(arn="arn:aws:s3"), True),
        (ExceptionScope(account="123456789012"), True),
        (ExceptionScope(tags={"a": "b"}), True),
        (ExceptionScope(root="prod"), True),
        (ExceptionScope(inline=True), False),
    ],
)
def test_what_names_no_resource_is_broad(scope: ExceptionScope, broad: bool) -> None:
    assert bool(scope.too_broad()) is broad
