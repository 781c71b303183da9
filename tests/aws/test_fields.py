"""What of an answer is kept, and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hipaa_guard.aws.calling.alternative_calls import SIBLINGS
from hipaa_guard.aws.collecting.kept_fields import Field, FieldConflictError, covers, fields_read, walk
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.facts.readings import Listing, ask, derived, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.testing import all_controls

LIVE = "only a live account is read here"
ANSWER = {
    "Beds": [
        {"Name": "a", "Ward": {"Floor": 1, "Key": "k"}, "Tags": [{"Key": "x", "Value": "y"}], "Notes": "free text"},
        {"Name": "b", "Ward": {"Floor": 2, "Key": "l"}, "Tags": [], "Notes": ""},
    ],
    "Next": "token",
}


def kept(*paths: str) -> Any:
    """What is left of the answer where these paths are read."""
    root = Field()
    for path in paths:
        for end in walk(path, [root]):
            end.whole = True
    return root.of(ANSWER)


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("Next", {"Next": "token"}),
        ("Beds[].Name", {"Beds": [{"Name": "a"}, {"Name": "b"}]}),
        ("Beds[0].Ward.Floor", {"Beds": [{"Ward": {"Floor": 1}}, {"Ward": {"Floor": 2}}]}),
        ("Beds[?Name=='a'].Ward.Key | [0]", {"Beds": [{"Name": n, "Ward": {"Key": k}} for n, k in ("ak", "bl")]}),
        ("Beds[?Name=='{Name}'].Notes", {"Beds": [{"Name": n, "Notes": t} for n, t in (("a", "free text"), ("b", ""))]}),
        ("Beds[?contains(Name, 'a')].Ward.Floor", {"Beds": [{"Name": n, "Ward": {"Floor": f}} for n, f in (("a", 1), ("b", 2))]}),
        ("Beds[].[Name, Ward.Floor]", {"Beds": [{"Name": n, "Ward": {"Floor": f}} for n, f in (("a", 1), ("b", 2))]}),
        ("Beds[].{n: Name}", {"Beds": [{"Name": "a"}, {"Name": "b"}]}),
        ("length(Beds[].Name)", {"Beds": [{"Name": "a"}, {"Name": "b"}]}),
        ("Missing || Next", {"Next": "token"}),
        ("Beds[].Ward.* | [0]", {"Beds": [{"Ward": {"Floor": 1, "Key": "k"}}, {"Ward": {"Floor": 2, "Key": "l"}}]}),
        ('Beds[0].Ward."{Name}"', {"Beds": [{"Ward": {"Floor": 1, "Key": "k"}}, {"Ward": {"Floor": 2, "Key": "l"}}]}),
    ],
)  # fmt: skip
def test_what_a_path_reads_is_kept_and_nothing_else(path: str, left: Any) -> None:
    assert kept(path) == left


def test_every_path_of_every_table_finds_the_same_in_what_is_kept() -> None:
    """Of answers that hold everything that botocore's models know: see also the faults, which compare whole scans."""
    controls = all_controls().values()
    plan = planned(kinds_of(controls), wanted_facts(controls))
    fields = fields_read(plan)
    plainer = {operation for bulk, of in SIBLINGS.items() if bulk in plan.operations for operation in of.reads}
    assert set(fields) == {*plan.operations, *plainer}
    read = {operation: json.dumps(field.as_data()) for operation, field in fields.items()}
    assert "Environment" in read["lambda.list_functions"]
    assert all("Variables" not in told for told in read.values())


def gist(value: Any) -> Any:
    return {"length": len(value)}


class Bed(Resource):
    aws = Listing("ward.list_beds", "Beds[]", arn="arn:{Name}")

    notes: int = fact(live_only=LIVE, aws=derived(lambda told: told["length"], listed("Notes", kept_as=gist)))
    chart: int = fact(live_only=LIVE, aws=ask("ward.get_chart", "Chart.Text", Bed="{Name}", kept_as=gist))
    floor: int = fact(live_only=LIVE, aws=listed("Ward.Floor"))


class Leak(Resource):
    aws = Listing("ward.list_beds", "Beds[]", arn="arn:{Name}")

    all: Any = fact(live_only=LIVE, aws=listed("@"))
    notes: int = fact(live_only=LIVE, aws=listed("Notes", kept_as=gist))


def test_of_a_secret_only_its_gist_is_kept() -> None:
    fields = fields_read(planned([Bed]))
    assert fields["ward.list_beds"].of(ANSWER)["Beds"][0] == {"Name": "a", "Ward": {"Floor": 1}, "Notes": {"length": 9}}
    assert fields["ward.get_chart"].of({"Chart": {"Text": "abc", "Of": "x"}}) == {"Chart": {"Text": {"length": 3}}}
    assert fields["ward.get_chart"].of({"Chart": {}}) == {"Chart": {}}


def test_a_table_that_also_keeps_the_secret_itself_is_refused() -> None:
    with pytest.raises(FieldConflictError, match="Notes is kept as a whole and in part"):
        fields_read(planned([Leak]))


@pytest.mark.parametrize(
    ("stored", "needed", "enough"),
    [
        ({"Beds": {"Name": True}}, {"Beds": {"Name": True}}, True),
        ({"Beds": {"Name": True, "Ward": True}}, {"Beds": {"Ward": {"Floor": True}}}, True),
        ({"Beds": {"Name": True}}, {"Beds": {"Name": True, "Notes": True}}, False),
        ({"Beds": {"Name": True}}, {"Beds": True}, False),
        ({"Beds": {"Notes": "gist"}}, {"Beds": {"Notes": "gist"}}, True),
        ({"Beds": {"Notes": "gist"}}, {"Beds": {"Notes": "other"}}, False),
        ({"Beds": {"Notes": "gist"}}, {"Beds": {"Notes": True}}, False),
        ({"Beds": True}, {"Beds": {"Notes": "gist"}}, False),
        (None, {"Beds": True}, False),
    ],
)
def test_whether_what_was_kept_is_enough(stored: Any, needed: Any, enough: bool) -> None:
    assert covers(stored, needed) is enough
