"""Plans and states with the source beside them: lines, comments, and what a plan does not know yet."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import Cause, Incomplete, PartialJson, Reference, Unknown
from hipaa_guard.terraform.addresses import key_text, key_value
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.read import read
from tests.terraform.kinds import KINDS, at
from tests.terraform.plans import Applied, block, change, const, plan, raw_state, refs, shown_state

TERRAFORM = shutil.which("terraform")


def write(directory: Path, files: Mapping[str, str]) -> Path:
    """The files of a source tree."""
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


def beside(directory: Path, document: Mapping[str, Any], source: str | Mapping[str, str], **more: Any) -> Configuration:
    """The configuration of a document whose source is `source` (main.tf, or files by name)."""
    tree = write(directory / "source", {"main.tf": source} if isinstance(source, str) else source)
    path = directory / "document.json"
    path.write_text(json.dumps(document))
    (found,) = read(path, source=tree, **more)
    return found


def one(configuration: Configuration, address: str) -> ResourceInstance:
    return next(each for each in configuration.instances if each.address == address)


BUCKET = change("aws_s3_bucket.b", {"bucket": "records"}, {"id": True, "arn": True})
POLICY = """
locals { bucket = aws_s3_bucket.b.id }
resource "aws_s3_bucket" "b" {
  bucket = "records"
}
resource "aws_s3_bucket_policy" "p" { # who may read
  bucket = local.bucket
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Resource = aws_s3_bucket.b.arn }] })
}
"""


def policy_plan(references: dict[str, Any] = refs("aws_s3_bucket.b.arn")) -> dict[str, Any]:  # noqa: B008
    pointer = change("aws_s3_bucket_policy.p", {}, {"bucket": True, "policy": True})
    written = {"bucket": refs("local.bucket"), "policy": references}
    return plan([BUCKET, pointer], [block("aws_s3_bucket.b", {}), block("aws_s3_bucket_policy.p", written)])


def test_what_the_plan_does_not_know_is_what_the_source_makes_it_from(tmp_path: Path) -> None:
    found = at(build_inventory(beside(tmp_path, policy_plan(), POLICY), KINDS), "aws_s3_bucket.b").peek(
        KINDS[0].facts["policy"]
    )
    assert isinstance(found, PartialJson)
    (statement,) = found.document["Statement"]
    assert (statement["Principal"], statement["Resource"].address) == ("*", "aws_s3_bucket.b")


def test_what_the_plan_knows_counts_more_than_the_source(tmp_path: Path) -> None:
    known = plan([change("aws_s3_bucket.b", {"bucket": "records"}, {"id": True})], [block("aws_s3_bucket.b", {})])
    found = beside(tmp_path, known, 'resource "aws_s3_bucket" "b" { bucket = "others" }')
    assert one(found, "aws_s3_bucket.b").get("bucket") == "records"


def test_values_that_the_plan_knows_stand_in_the_expressions_of_the_source(tmp_path: Path) -> None:
    """The ARN of a bucket that exists, the answer of a data source, a variable that was given on the command line."""
    account = Applied("data.aws_caller_identity.me", {"account_id": "111122223333"})
    exists = change("aws_s3_bucket.b", {"bucket": "records", "arn": "arn:aws:s3:::records"}, actions=("no-op",))
    pointer = change("aws_s3_bucket_policy.p", {}, {"policy": True})
    made_from = refs("aws_s3_bucket.b.arn", "data.aws_caller_identity.me.account_id", "var.who", "aws_kms_key.k.arn")
    document = plan(
        [exists, pointer, change("aws_kms_key.k", {}, {"arn": True})],
        [block("aws_s3_bucket_policy.p", {"policy": made_from})],
        variables={"who": {"value": "nurse"}},
        prior_state=shown_state([account]),
    )
    source = """
    variable "who" {}
    data "aws_caller_identity" "me" {}
    resource "aws_kms_key" "k" {}
    resource "aws_s3_bucket" "b" {}
    resource "aws_s3_bucket_policy" "p" {
      policy = jsonencode({
        bucket = aws_s3_bucket.b.arn, key = aws_kms_key.k.arn
        who    = "${data.aws_caller_identity.me.account_id}:${var.who}"
      })
    }
    """
    found = one(
        beside(tmp_path, document, {"main.tf": source, "terraform.tfvars": 'who = "doctor"'}), pointer["address"]
    )
    policy = found.get("policy")
    assert isinstance(policy, PartialJson)
    assert policy.document["bucket"] == "arn:aws:s3:::records"
    assert policy.document["who"] == "111122223333:nurse"
    assert isinstance(policy.document["key"], Reference)


def test_instances_are_those_of_the_plan_whatever_the_source_says_of_their_number(tmp_path: Path) -> None:
    module = 'module.m["a.b"]'
    changes = [
        change(f'{module}.aws_s3_bucket.b["x"]', {}, {"id": True}, module=module, index="x"),
        change(f"{module}.aws_s3_bucket_versioning.v[1]", {}, {"bucket": True}, module=module, index=1),
    ]
    source = {
        "main.tf": 'module "m" {\n  source = "./m"\n  for_each = var.unknown\n}\nvariable "unknown" {}',
        "m/main.tf": """
        resource "aws_s3_bucket" "b" {
          for_each = data.aws_ssm_parameter.names
        }
        resource "aws_s3_bucket_versioning" "v" {
          count  = length(data.aws_ssm_parameter.names)
          bucket = aws_s3_bucket.b["x"].id
        }
        """,
    }
    found = beside(tmp_path, plan(changes), source)
    pointer = one(found, f"{module}.aws_s3_bucket_versioning.v[1]")
    reference = pointer.get("bucket")
    assert isinstance(reference, Reference)
    assert reference.address == f'{module}.aws_s3_bucket.b["x"]'
    assert (str(pointer.location), [str(call) for call in pointer.location.calls]) == ("m/main.tf:5", ["main.tf:1"])
    assert found.gaps == []


@pytest.mark.parametrize("key", ['a.b"c', "e${x}", "f\\g", "h\nj", "%{if}", "tab\there", "$${no}", 3])
def test_keys_are_written_and_read_as_terraform_does(key: str | int) -> None:
    assert key_value(key_text(key)) == key


def test_a_key_beyond_all_limits_makes_no_instances(tmp_path: Path) -> None:
    far = change("aws_s3_bucket.b[999999999999]", {"bucket": "far"}, index=999999999999)
    found = beside(tmp_path, plan([far]), 'resource "aws_s3_bucket" "b" {\n  count = 2\n}')
    assert [(each.address, str(each.location)) for each in found.instances] == [(far["address"], "main.tf:1")]


def test_raw_states_have_the_addresses_of_plans(tmp_path: Path) -> None:
    state = raw_state([Applied("aws_s3_bucket.b", {"bucket": "records"})])
    state["resources"][0]["instances"][0]["index_key"] = "e${x}"
    found = beside(tmp_path, state, 'resource "aws_s3_bucket" "b" {\n  for_each = toset(["e$${x}"])\n}')
    assert [(each.address, str(each.location)) for each in found.instances] == [
        ('aws_s3_bucket.b["e$${x}"]', "main.tf:1")
    ]


def test_secrets_are_masked_in_what_the_source_says_too(tmp_path: Path) -> None:
    marks = {"policy": True, "tags": {"token": True}}
    after = {"tags": {"team": "records"}}
    pointer = change("aws_s3_bucket_policy.p", after, {"policy": True, "tags": {"token": True}}, sensitive=marks)
    document = plan([BUCKET, pointer], variables={"secret": {"value": "hunter2"}, "open": {"value": "seen"}})
    document["configuration"]["root_module"]["variables"] = {"secret": {"sensitive": True}, "open": {}}
    source = """
    variable "secret" { sensitive = true }
    variable "open" {}
    resource "aws_s3_bucket" "b" {}
    resource "aws_s3_bucket_policy" "p" {
      policy = jsonencode({ secret = var.secret, open = var.open, arn = aws_s3_bucket.b.arn })
      tags   = { team = "records", token = "hunter2-${aws_s3_bucket.b.arn}" }
    }
    """
    found = one(beside(tmp_path, document, source), "aws_s3_bucket_policy.p")
    policy, token = found.get("policy"), found.get("tags")["token"]
    assert policy.cause is token.cause is Cause.SENSITIVE
    assert "hunter2" not in in_words(policy) + in_words(token) + repr((policy, token))


def test_blocks_that_are_made_from_what_is_not_known_are_not_absent(tmp_path: Path) -> None:
    group = change("aws_security_group.g", {"name": "web"}, {"ingress": True})
    document = plan([group], [block("aws_security_group.g", {"name": const("web")})])
    source = """
    data "aws_ip_ranges" "r" {}
    resource "aws_security_group" "g" {
      name = "web"
      dynamic "ingress" {
        for_each = data.aws_ip_ranges.r.cidr_blocks
        content { cidr_blocks = [ingress.value] }
      }
    }
    """
    assert isinstance(one(beside(tmp_path, document, source), "aws_security_group.g").get("ingress"), Incomplete)


def test_nested_blocks_are_matched_by_what_is_known_of_them(tmp_path: Path) -> None:
    """A set of blocks has another order in a plan than in the source."""
    rules = [{"port": 22, "text": "b"}, {"port": 443, "text": "a"}, {"port": 443, "text": "c"}]
    unknown = {"rule": [{"group": True}, {"group": True}, {"group": True}]}
    written = block("aws_x.r", {"rule": [{"port": const(1), "group": refs(f"aws_x.{name}.id")} for name in "abc"]})
    changes = [change("aws_x.r", {"rule": rules}, unknown), *(change(f"aws_x.{n}", {}, {"id": True}) for n in "abc")]
    blocks = "".join(
        f'rule {{\n port = "{port}"\n text = "{text}"\n group = aws_x.{text}.id\n}}\n'
        for text, port in [("a", 443), ("b", 22), ("c", 443)]
    )
    source = f'resource "aws_x" "r" {{\n{blocks}}}\n' + "".join(f'resource "aws_x" "{name}" {{}}\n' for name in "abc")
    found = one(beside(tmp_path, plan(changes, [written]), source), "aws_x.r").get("rule")
    assert [rule["group"].address for rule in found] == ["aws_x.b", "aws_x.a", "aws_x.c"]


@pytest.mark.parametrize(
    "source",
    [
        POLICY.replace("aws_s3_bucket.b.arn", "var.other"),
        POLICY.replace("Principal =", "Extra = var.other, Principal ="),
        POLICY.replace("policy = jsonencode", "other = jsonencode"),
    ],
)
def test_a_source_that_has_changed_since_tells_nothing(tmp_path: Path, source: str) -> None:
    found = beside(tmp_path, policy_plan(), source + 'variable "other" { default = "safe" }')
    policy = one(found, "aws_s3_bucket_policy.p").get("policy")
    assert type(policy) is Unknown
    (gap,) = found.gaps
    assert (gap.kind, gap.subject, gap.incomplete) == (GapKind.SOURCE, "aws_s3_bucket_policy.p.policy", False)


def test_resources_without_a_block_stay_where_they_are_and_are_counted(tmp_path: Path) -> None:
    module = change("module.far.aws_s3_bucket.b", {"bucket": "far"}, module="module.far")
    found = beside(tmp_path, plan([BUCKET, module]), 'resource "aws_s3_bucket" "b" {}\nmodule "far" { source = "o/r" }')
    assert str(one(found, "module.far.aws_s3_bucket.b").location) == "document.json:1"
    assert one(found, "module.far.aws_s3_bucket.b").get("bucket") == "far"
    assert [(gap.kind, gap.incomplete) for gap in found.gaps] == [(GapKind.MODULE, False), (GapKind.SOURCE, False)]
    assert "module.far.aws_s3_bucket.b" in found.gaps[1].reason


def test_the_root_is_the_module_that_declares_most(tmp_path: Path) -> None:
    files = {
        "prod/main.tf": 'resource "aws_s3_bucket" "b" {}\nresource "aws_s3_bucket" "c" {}',
        "test/main.tf": 'resource "aws_s3_bucket" "b" {}',
    }
    found = beside(tmp_path, plan([BUCKET, change("aws_s3_bucket.c", {})]), files)
    assert (found.root, str(one(found, "aws_s3_bucket.c").location)) == ("prod", "prod/main.tf:2")


def test_a_module_that_examples_call_may_be_the_root(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "aws_s3_bucket" "b" {}',
        "examples/all/main.tf": 'module "it" { source = "../.." }',
    }
    assert str(one(beside(tmp_path, plan([BUCKET]), files), "aws_s3_bucket.b").location) == "main.tf:1"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a/main.tf": 'resource "aws_s3_bucket" "b" {}', "b/main.tf": 'resource "aws_s3_bucket" "b" {}'}, "a, b"),
        ({"main.tf": 'resource "aws_s3_bucket" "other" {}'}, "does not hold the source"),
        ({"README.md": "nothing"}, "does not hold the source"),
    ],
)
def test_a_directory_that_is_not_its_source_is_refused(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(TerraformInputError, match=said):
        beside(tmp_path, plan([BUCKET]), files)


def test_source_goes_with_a_plan_or_state_only(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": "", "plan.json": json.dumps(plan([BUCKET]))})
    with pytest.raises(TerraformInputError, match="goes with a plan or a state"):
        read(tmp_path, source=tmp_path)
    with pytest.raises(TerraformInputError, match="is no directory"):
        read(tmp_path / "plan.json", source=tmp_path / "main.tf")
    with pytest.raises(TerraformInputError, match="--source"):
        read(tmp_path / "plan.json", PlanInputs(variables={"a": "b"}))


def test_files_of_the_source_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    files = {"main.tf": 'resource "aws_s3_bucket" "b" {}', "broken.tf": 'resource "aws_sns_topic" {{{'}
    found = beside(tmp_path, plan([BUCKET]), files)
    assert [(gap.kind, gap.subject, gap.incomplete) for gap in found.gaps] == [(GapKind.FILE, "broken.tf", False)]


def test_a_damaged_plan_beside_its_source_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    tree = write(tmp_path / "source", {"main.tf": POLICY})
    for wrong in (None, True, 7, "text", [], {}, [None], {"x": None}):
        for path in (("variables",), ("prior_state",), ("prior_state", "values"), ("resource_changes", 1, "index")):
            document = policy_plan() | {"variables": {"a": {"value": 1}}, "prior_state": shown_state([])}
            place: Any = document
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = wrong
            (tmp_path / "plan.json").write_text(json.dumps(document))
            (found,) = read(tmp_path / "plan.json", source=tree)
            assert isinstance(one(found, "aws_s3_bucket_policy.p").get("policy"), PartialJson)


# --- Terraform itself ------------------------------------------------------------------------------------------------

LIVE = """
variable "secret" {
  sensitive = true
  default   = "hunter2"
}
variable "given" {}
locals { made = terraform_data.a.id }
resource "terraform_data" "a" { input = "x" }
resource "terraform_data" "text" {
  input = jsonencode({ given = var.given, id = local.made })
}
resource "terraform_data" "list" {
  input = ["a", terraform_data.a.id, null]
}
resource "terraform_data" "secret" {
  input = "${var.secret}-${terraform_data.a.id}"
}
resource "terraform_data" "each" {
  for_each = toset(["a.b", "c\\"d", "e$${x}"])
  input    = "${terraform_data.a.id}-${each.key}"
}
"""


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not on this machine")
def test_real_plans_and_states(tmp_path: Path) -> None:
    """The format as we understand it is the one that Terraform writes."""
    tree = write(tmp_path / "source", {"main.tf": LIVE})
    _terraform(tree, "init", "-input=false")
    _terraform(tree, "plan", "-input=false", "-var", "given=g", "-out=tfplan")
    (tmp_path / "plan.json").write_text(_terraform(tree, "show", "-json", "tfplan"))
    (found,) = read(tmp_path / "plan.json", source=tree)
    assert found.gaps == []
    text = one(found, "terraform_data.text").get("input")
    assert (text.document["given"], text.document["id"].address) == ("g", "terraform_data.a")
    known, reference, null = one(found, "terraform_data.list").get("input")
    assert (known, reference.address, null) == ("a", "terraform_data.a", None)
    assert one(found, "terraform_data.secret").get("input").cause is Cause.SENSITIVE
    each = one(found, 'terraform_data.each["e$${x}"]').get("input")
    assert (each.parts[0].address, each.parts[1]) == ("terraform_data.a", "-e${x}")
    _terraform(tree, "apply", "-input=false", "tfplan")
    (tmp_path / "state.json").write_text(_terraform(tree, "show", "-json"))
    addresses = {one.address for one in found.instances}
    for state in (tmp_path / "state.json", tree / "terraform.tfstate"):
        (applied,) = read(state, source=tree)
        assert {one.address for one in applied.instances} == addresses
        assert one(applied, "terraform_data.secret").get("input").reason == "it is a sensitive value"
        assert one(applied, "terraform_data.text").location == one(found, "terraform_data.text").location
    _terraform(tree, "plan", "-input=false", "-var", "given=g", "-refresh-only", "-out=refresh")
    (tmp_path / "refresh.json").write_text(_terraform(tree, "show", "-json", "refresh"))
    assert {one.address for one in read(tmp_path / "refresh.json")[0].instances} == addresses


def _terraform(directory: Path, *arguments: str) -> str:
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(
        [TERRAFORM or "terraform", *arguments],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
