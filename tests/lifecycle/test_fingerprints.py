"""A finding keeps its name as long as the thing that it is about does, whatever happens to the text around it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.findings import fingerprint
from hipaa_guard.facts.origin import Origin
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import VERSIONING, label, tree

ONLY = (VERSIONING, "s3_bucket_access_logging_enabled", "sqs_queue_encrypted_at_rest")
NAMES = st.sampled_from(["phi", "logs", "phi_copy", "a", "b", "records-2"])
TYPES = st.sampled_from(["aws_s3_bucket", "aws_sqs_queue"])
REPEATED = st.sampled_from(["", "count = 2", 'for_each = toset(["x", "y.z", "]"])'])
BLOCKS = st.dictionaries(st.tuples(TYPES, NAMES), REPEATED, min_size=1, max_size=5)
CONFIGURATIONS = st.fixed_dictionaries({"root": BLOCKS, "module": BLOCKS})


def scanned(files: Mapping[str, str]) -> Assessment:
    with TemporaryDirectory() as directory:
        for name, text in files.items():
            path = Path(directory) / "infra" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return scan_terraform(TerraformTarget(Path(directory) / "infra"), Options(only=ONLY))


def names(assessment: Assessment) -> dict[tuple[str, str, str], str]:
    """The fingerprints by control, root and address."""
    return {(f.control_id, f.resource.root, label(f)): f.fingerprint for f in assessment.findings}


def text_of(blocks: Mapping[tuple[str, str], str], *, indent: str = "  ", gap: str = "\n", note: str = "") -> list[str]:
    return [
        f'{note}resource "{type}" "{name}" {{\n{indent}{repeated}{gap}{indent}tags = {{ a = "b" }}\n}}\n{gap}'
        for (type, name), repeated in blocks.items()
    ]


CALL = 'module "m" {\n  source = "./m"\n  count  = 2\n}\n'


def plainly(configuration: Mapping[str, Any]) -> dict[str, str]:
    return {
        "main.tf": "".join(text_of(configuration["root"])) + CALL,
        "m/main.tf": "".join(text_of(configuration["module"])),
    }


@settings(max_examples=25, deadline=None)
@given(configuration=CONFIGURATIONS, order=st.randoms(use_true_random=False), lines=st.integers(0, 5))
def test_lines_order_and_files_may_change(configuration: Mapping[str, Any], order: random.Random, lines: int) -> None:
    before = names(scanned(plainly(configuration)))
    files: dict[str, list[str]] = {"m/renamed.tf": ["\n"]}
    note = "# a new comment\n/* and\n one more */\n"
    blocks = [*text_of(configuration["root"], indent="\t\t", gap="\n\n", note="\n" * lines + note), CALL]
    order.shuffle(blocks)
    for block in blocks:
        files.setdefault(order.choice(["a.tf", "z_other.tf", "main.tf"]), []).append(block)
    inner = text_of(configuration["module"], gap="\r\n")
    order.shuffle(inner)
    files["m/renamed.tf"] += inner
    assert names(scanned({name: "".join(parts) for name, parts in files.items()})) == before


@settings(max_examples=10, deadline=None)
@given(configuration=CONFIGURATIONS)
def test_native_syntax_and_json_give_the_same_names(configuration: Mapping[str, Any]) -> None:
    document: dict[str, Any] = {}
    for (type, name), repeated in configuration["root"].items():
        argument, _, value = repeated.partition(" = ")
        body = {argument: int(value) if value.isdigit() else f"${{{value}}}"} if argument else {}
        document.setdefault(type, {})[name] = body
    files = plainly(configuration)
    told = {"main.tf.json": json.dumps({"resource": document}), "call.tf": CALL, "m/main.tf": files["m/main.tf"]}
    assert names(scanned(told)) == names(scanned(files))


@settings(max_examples=10, deadline=None)
@given(configuration=CONFIGURATIONS)
def test_no_two_findings_share_a_name(configuration: Mapping[str, Any]) -> None:
    files = plainly(configuration)
    both = {f"{root}/{name}": text for root in ("prod", "test") for name, text in files.items()}
    found = [finding.fingerprint for finding in scanned(both).findings]
    assert len(set(found)) == len(found)


def test_the_same_address_in_two_roots_differs(tmp_path: Path) -> None:
    bucket = 'resource "aws_s3_bucket" "phi" {}'
    found = scan_terraform(
        TerraformTarget(tree(tmp_path, prod__main=bucket, test__main=bucket)), Options(only=(VERSIONING,))
    )
    one, other = found.findings
    assert label(one) == label(other)
    assert one.fingerprint != other.fingerprint


def test_the_name_is_a_promise() -> None:
    """Baselines and code scanning hold these names: a change of one digit makes every gap look new."""
    origin = Origin("s3.Bucket", "aws_s3_bucket", "phi", "terraform", address="aws_s3_bucket.phi", root=".")
    assert fingerprint(VERSIONING, origin) == "f498bf08d54dfff669d48eeffb20df39d2ab6154ef6137def676f40df597fe3d"
