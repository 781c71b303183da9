"""Many instances of one block are told once, and each can still be found."""

from __future__ import annotations

import dataclasses
import gc
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import jsonschema
import pytest

import hipaa_guard.outputs
from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.model import Assessment, Coverage
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding, fingerprint
from hipaa_guard.controls.fix import Fix
from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.origin import Evidence, Origin
from hipaa_guard.facts.values import Cause
from hipaa_guard.outputs.formats import html
from hipaa_guard.outputs.formats.terminal import render
from hipaa_guard.outputs.json import writing
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.page import Page
from tests.outputs.results import CONTROLS

Build = Callable[..., Assessment]


def origin(instance: str, root: str = "examples/simple", line: int = 8, file: str = "modules/topic/main.tf") -> Origin:
    return Origin(
        "s3.Bucket",
        "aws_s3_bucket",
        None,
        "terraform",
        address=f"module.{instance}.aws_s3_bucket.this",
        root=root,
        location=Location(file, line, line + 3, (Location(f"{root}/main.tf", 23, 30), Location("mid.tf", 5, 9))),
    )


def not_listed(kind: str) -> Origin:
    return Origin(kind, None, None, "aws", account="123456789012")


@pytest.fixture
def build(golden: Assessment) -> Build:
    control = CONTROLS[0]
    scan = dataclasses.replace(golden.scan, format="hcl")

    def made(
        *origins: Origin,
        gaps: Sequence[Gap] = (),
        fix: Fix | None = None,
        coverage: Coverage | None = None,
        **more: object,
    ) -> Assessment:
        chosen = dataclasses.replace(control, fix=fix or control.fix)
        status = more.pop("status", Status.FAIL)
        message = more.pop("message", "has no KMS key")
        findings = [
            Finding(
                chosen.id,
                status,  # type: ignore[arg-type]
                chosen.severity,
                message(each) if callable(message) else str(message),
                fingerprint(chosen.id, each),
                each,
                **more,  # type: ignore[arg-type]
            )
            for each in origins
        ]
        roots = tuple(sorted({each.root for each in origins if each.root}))
        found = coverage or Coverage(files=3, roots=roots, resources={"s3.Bucket": len(origins)}, gaps=tuple(gaps))
        return assess(scan, found, [chosen], findings, version="0.1.0")

    return made


FIXES = Page(fixes=True)


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_instances_of_one_block_are_one_entry(build: Build) -> None:
    result = build(*(origin(f"region_{n}[0]") for n in range(17)))
    text = render(result)
    assert text.count("aws_s3_bucket.this") == 1
    assert "  module.region_0[0].aws_s3_bucket.this  modules/topic/main.tf:8\n" in text
    assert "called at examples/simple/main.tf:23, and 16 more instances\n" in text
    assert "more; --all" not in text


def test_all_lists_every_instance(build: Build) -> None:
    text = render(build(*(origin(f"region_{n}[0]") for n in range(17))), Page(everything=True))
    assert len(set(re.findall(r"module\.region_\d+\[0\]\.aws_s3_bucket\.this", text))) == 17
    assert "more instances" not in text


def test_what_is_said_differently_stays_apart(build: Build) -> None:
    one, two = origin("a"), origin("b")
    text = render(build(one, two, message=lambda each: f"keeps {len(each.label) if each is one else 0} days"))
    assert text.count("aws_s3_bucket.this") == 2


def test_an_address_in_the_message_does_not_keep_instances_apart(build: Build) -> None:
    text = render(build(origin("a[0]"), origin('b["x"]'), message=lambda each: f"is open by {each.address}"))
    assert "and 1 more instance\n" in text


def test_other_lines_and_resources_of_an_account_stay_apart(build: Build) -> None:
    in_aws = [dataclasses.replace(not_listed("s3.Bucket"), arn=f"arn:aws:s3:::{n}") for n in range(2)]
    assert "more instance" not in render(build(origin("a", line=1), origin("a", line=9), *in_aws))


def test_equal_addresses_of_several_roots_can_be_told_apart(build: Build) -> None:
    roots = ("examples/complete", "examples/simple")
    result = build(*(origin("a", root) for root in roots))
    assert "and 1 more instance in 2 roots" in flat(render(result))
    full = render(result, Page(everything=True))
    for root in roots:
        assert f"called at {root}/main.tf:23" in full


def test_a_root_is_named_where_no_path_shows_it(build: Build) -> None:
    planned = [dataclasses.replace(origin("a", root), location=None) for root in ("dev.json", "prod.json")]
    text = render(build(*planned))
    assert "    root: dev.json\n" in text
    assert "    root: prod.json\n" in text
    assert "root:" not in render(build(planned[0]))


def test_says_that_the_deciding_line_differs(build: Build) -> None:
    first, second = build(origin("a"), origin("b")).findings
    facts = [Evidence("key", "not set", "x", Location("root.tf", line, line)) for line in (3, 4)]
    pair = [f._replace(evidence=(e,)) for f, e in zip((first, second), facts, strict=True)]
    assert phrases.where(pair[0], alike=pair[1:]) == "modules/topic/main.tf:8 (set at root.tf:3 and 1 other place)"
    assert phrases.where(pair[0]) == "modules/topic/main.tf:8 (set at root.tf:3)"


def _expansion(number: int, line: int = 54, of: str = "default") -> Gap:
    address = f"module.vpc_{number}[0]"
    reason = f"for_each: {address}.data.aws_subnets.{of}.ids is read when Terraform plans"
    place = Location("modules/vpc/main.tf", line, line, (Location("examples/simple/main.tf", 23, 30),))
    return Gap(GapKind.EXPANSION, f"{address}.aws_subnet.this", reason, incomplete=False, location=place)


def test_gaps_with_one_place_and_reason_are_one_entry(build: Build) -> None:
    missing = Gap(GapKind.MODULE, "module.kms", "is not in the scanned tree", "run terraform init")
    text = render(build(gaps=[*map(_expansion, range(139)), missing]))
    shown = flat(text[text.index("NOT LOOKED AT") :])
    assert "(modules/vpc/main.tf:54, called at examples/simple/main.tf:23), and 138 more for_each:" in shown
    assert shown.count("number of instances not known") == 1
    assert shown.index("module.kms") < shown.index("number of instances not known"), "what was not read comes first"


def test_one_module_that_is_not_there_is_one_entry_however_often_it_is_called(build: Build) -> None:
    reason = "the module 'label' is not in the scanned tree"
    places = [Location(f"components/{number}/main.tf", 3, 5) for number in range(40)]
    shown = flat(render(build(gaps=[Gap(GapKind.MODULE, "module.this", reason, location=place) for place in places])))
    assert f"module not available: module.this (components/0/main.tf:3), and 39 more {reason}" in shown


def test_gaps_are_capped_and_json_has_the_rest(build: Build) -> None:
    result = build(gaps=[_expansion(copy, line, f"net_{line}") for line in range(1, 21) for copy in range(2)])
    text = render(result)
    assert text.count("number of instances not known") == 5
    assert "  and 30 more; --all shows each\n" in text
    full = render(result, Page(everything=True))
    assert full.count("number of instances not known") == 40


def test_one_call_refused_in_several_regions_is_one_entry(build: Build) -> None:
    def refused(region: str) -> Gap:
        return Gap(GapKind.CALL, "rds.describe_db_instances", f"refused in {region}", "allow it", region=region)

    shown = flat(render(build(gaps=[refused("us-east-1"), refused("eu-west-1")])))
    assert "call not answered: rds.describe_db_instances in us-east-1, eu-west-1 refused in us-east-1 allow it" in shown


def test_types_of_aws_come_first_and_others_are_summed_up() -> None:
    counts = {"random_pet": 9, "null_resource": 3, "aws_route": 2, "awscc_x": 1, "aws_y": 1}
    assert phrases.unjudged(counts) == "aws_route 2, aws_y 1, awscc_x 1, other providers 12"
    assert phrases.unjudged(counts, 1) == "aws_route 2 and 2 more, other providers 12"
    assert phrases.unjudged({"random_pet": 9}) == "other providers 9"
    assert phrases.unjudged({}) == ""


@pytest.mark.parametrize("lines, shown", [(16, 16), (18, 18), (19, 16)])
def test_a_fix_is_shown_whole_unless_it_is_long(build: Build, lines: int, shown: int) -> None:
    fix = Fix(terraform="\n".join(f"line_{n}" for n in range(lines)))
    text = render(build(origin("a"), fix=fix), FIXES)
    assert len(re.findall(r"^    line_\d+$", text, re.MULTILINE)) == shown
    assert ("    ...\n" in text) == (shown < lines)


def test_a_fix_by_a_machine_is_said_below_it(build: Build) -> None:
    text = render(build(origin("a"), fix=Fix(sets="aws_s3_bucket.versioned = true")), FIXES)
    assert "    }\n  hipaa-guard fix makes this change in Terraform source.\n" in text
    assert "this change" not in render(build(origin("a"), fix=Fix(terraform="resource")), FIXES)


def test_findings_of_source_and_account_come_with_both_fixes(build: Build) -> None:
    live = dataclasses.replace(not_listed("s3.Bucket"), arn="arn:aws:s3:::x")
    fix = Fix(terraform="resource", cli="aws s3api")
    assert "  Fix in Terraform:\n    resource\n  Fix in AWS:\n    aws s3api\n" in render(
        build(origin("a"), live, fix=fix), FIXES
    )
    assert "  Fix:\n    aws s3api\n" in render(build(live, fix=fix), FIXES)
    assert "  Fix:\n    resource\n" in render(build(origin("a"), fix=fix), FIXES)


DENIED = "cannot all be judged: not every rds.Instance could be listed: rds:DescribeDBInstances was denied"


@pytest.fixture
def denied(build: Build) -> Assessment:
    return build(
        not_listed("rds.Instance"),
        not_listed("rds.Instance"),
        status=Status.UNKNOWN,
        message=DENIED,
        cause=Cause.DENIED,
        action="rds:DescribeDBInstances",
    )


def test_what_could_not_be_listed_is_told_by_the_missing_action(denied: Assessment) -> None:
    short = flat(render(denied))
    assert " 2 access denied: rds:DescribeDBInstances: the role that scans lacks the action " in short
    text = render(denied, Page(unknown=True))
    assert "  rds.Instance (not listed)  123456789012\n" in text, "one thing, whatever the number of controls"
    assert DENIED in flat(text)


def test_what_could_not_be_listed_stands_in_json_and_html(denied: Assessment) -> None:
    text = writing.render(denied)
    schema = Path(hipaa_guard.outputs.__file__).parent / "schema" / "assessment-1.0.json"
    jsonschema.validate(json.loads(text), json.loads(schema.read_text()))
    assert writing.parse(text).findings == denied.findings
    page = html.render(denied)
    assert "rds.Instance (not listed)" in page
    assert DENIED in page


def test_html_keeps_every_instance_reachable(build: Build) -> None:
    result = build(*(origin(f"r{n}[0]") for n in range(30)), gaps=list(map(_expansion, range(30))))
    page = html.render(result)
    section = page[page.index('<section class="control"') : page.index("</section>", page.index('class="control"'))]
    assert section.count("gap found") == 1
    assert "<summary>and 29 more</summary>" in section
    assert all(f"module.r{n}[0].aws_s3_bucket.this" in section for n in range(30))
    scope = page[page.index('<section id="scope"') : page.index('<section id="rule"')]
    assert scope.count("number of instances not known") == 1
    assert all(f"module.vpc_{n}[0].aws_subnet.this" in scope for n in range(30))


def test_html_lists_instances_up_to_a_limit(build: Build) -> None:
    page = html.render(build(*(origin(f"r{n}[0]") for n in range(600))))
    assert "<summary>and 599 more</summary>" in page
    assert "99 more are in the JSON result." in page


def test_a_hostile_message_is_shaped_in_no_time() -> None:
    for text in ("module.a[" * 100_000, "module.a." * 100_000, '["' * 100_000):
        assert len(phrases.shape(text)) <= 2000


def test_reading_leaves_the_garbage_collector_as_it_was(denied: Assessment) -> None:
    text = writing.render(denied)
    assert gc.isenabled()
    writing.parse(text)
    assert gc.isenabled()
    with pytest.raises(writing.ReportError):
        writing.parse("{")
    assert gc.isenabled()
