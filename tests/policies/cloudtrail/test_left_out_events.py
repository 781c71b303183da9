"""Advanced selectors that leave out some events of S3 objects by name, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.controls.control import Status
from hipaa_guard.services.cloudtrail import object_events
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.cloudtrail.states import OBJECTS, READS, UNSET, WRITES, advanced


def named(how: str, *names: str) -> tuple[str, str, list[str]]:
    return ("eventName", how, list(names))


STATES: dict[str, tuple[tuple[str, str, list[str]], Status, Status]] = {
    "listings": (named("not_equals", "ListObjects", "ListObjectVersions", "HeadObject"), PASS, PASS),
    "parts of uploads": (named("not_ends_with", "MultipartUploads", "ListParts"), PASS, PASS),
    "all that begins with List": (named("not_starts_with", "List", "Head"), PASS, PASS),
    "downloads": (named("not_equals", "GetObject"), FAIL, PASS),
    "all that begins with Get": (named("not_starts_with", "Get"), FAIL, PASS),
    "all that ends with Tagging": (named("not_ends_with", "Tagging"), PASS, FAIL),
    "uploads": (named("not_equals", "PutObject"), PASS, FAIL),
    "all that begins with Delete": (named("not_starts_with", "Delete"), PASS, FAIL),
    "all but deletions": (named("starts_with", "Delete"), FAIL, FAIL),
    "reads, by what may not be": (("readOnly", "not_equals", ["true"]), FAIL, PASS),
    "nothing, as every name is named": (named("equals", *object_events.READS, *object_events.WRITES), PASS, PASS),
    "all but downloads": (named("equals", *object_events.READS), PASS, FAIL),
    "all that ends with Object": (named("not_ends_with", "Object"), FAIL, FAIL),
}


def left_out(control: str, expected: Callable[[Status, Status], Status]) -> Callable[..., None]:
    return cases(
        *(
            Case(control, f"leaves out {name}", expected(reads, writes), advanced(*OBJECTS, events))
            for name, (events, reads, writes) in STATES.items()
        ),
        Case(
            control,
            "leaves out listings, and one bucket",
            FAIL,
            advanced(*OBJECTS, STATES["listings"][0], ("resources.ARN", "not_starts_with", ["arn:aws:s3:::records/"])),
        ),
        Case(
            control,
            "leaves out names in a variable without a value",
            UNKNOWN,
            terraform=UNSET + advanced(*OBJECTS, named("not_equals", "V")).text.replace('"V"', "var.unset"),
        ),
    )


test_reads = left_out(READS, lambda reads, _: reads)
test_writes = left_out(WRITES, lambda _, writes: writes)
