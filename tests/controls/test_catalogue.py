"""The catalogue says of each shipped control what its module says, and a scan imports what it needs and no more."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

from hipaa_guard.assessment.rollup import control_summaries
from hipaa_guard.controls.catalogue import FILE, PACKAGES, CatalogueError, ListedControl, catalogue, imported
from hipaa_guard.controls.cataloguing import catalogue_of
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.resource import all_kinds

ROOT = Path(__file__).parents[2]
SERVICES = f"{PACKAGES[1]}."
_LISTED = tuple(f"{each}." for each in PACKAGES)


@pytest.fixture(scope="module")
def listed() -> tuple[ListedControl, ...]:
    load()
    known = catalogue()
    assert known is not None, "the catalogue is out of date: run `make docs` and commit it"
    return known.controls


def shipped() -> list[Control]:
    return [control for control in load() if control.is_shipped]


def test_it_is_what_the_modules_say() -> None:
    assert FILE.read_text(encoding="utf-8") == catalogue_of(load())


def test_a_listed_control_is_reported_as_the_imported_one(listed: tuple[ListedControl, ...]) -> None:
    assert control_summaries(listed, []) == control_summaries(shipped(), [])
    for one, other in zip(listed, shipped(), strict=True):
        assert imported([one]) == [other]
        assert (one.kind_name, one.kinds(), one.kind) == (other.kind_name, other.kinds(), other.kind)
        assert (one.judge, one.needs_inventory, one.declared_at) == (
            other.judge,
            other.needs_inventory,
            other.declared_at,
        )
        assert (one.module, one.previous_ids, one.is_shipped) == (other.module, other.previous_ids, True)


def test_every_type_of_a_kind_concerns_all_that_judge_it(listed: tuple[ListedControl, ...]) -> None:
    by_id = {control.id: control for control in listed}
    for control in shipped():
        for kind in control.kind.narrower():
            block = kind.terraform
            types = set(kind.terraform_types()) | (set(block.made_by) | {*block.types} if block else set())
            assert all(by_id[control.id].concerns({type}) for type in types), (control.id, kind)
        assert not by_id[control.id].concerns({"aws_no_such_type"})


# --- what a scan imports ----------------------------------------------------------------------------------------------

_SCAN = """
import json, sys
from pathlib import Path
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
assessment = scan_terraform(TerraformTarget(Path(sys.argv[1]), repository_root=Path(sys.argv[1])), Options(only=sys.argv[2:]))
print(json.dumps([sorted(sys.modules), sorted(assessment.coverage.resources), len(assessment.controls)]))
"""


def scanned(directory: Path, *only: str) -> tuple[set[str], list[str], int]:
    """The modules that a scan imports, the kinds that it judges, and by how many controls."""
    command = [sys.executable, "-c", _SCAN, str(directory), *only]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=directory)
    modules, kinds, controls = json.loads(done.stdout)
    return {name for name in modules if name.startswith(_LISTED)}, kinds, controls


def with_what_they_import(modules: Collection[str]) -> set[str]:
    """Modules of ours, the packages they stand in, and what of policies and services they import, be it by a judgement."""
    found: set[str] = set()
    pending = [*modules]
    while pending:
        name = pending.pop()
        if not name.startswith((*_LISTED, "hipaa_guard.judging.")) or name in found:
            continue
        found.add(name)
        pending.append(name.rpartition(".")[0])
        spec = sys.modules[name].__spec__
        assert spec is not None
        assert spec.origin is not None
        for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                pending.extend(each for each in (node.module, *names) if each in sys.modules)
    return {name for name in found if name.startswith(_LISTED)}


def concerned(listed: tuple[ListedControl, ...], types: set[str]) -> set[str]:
    """The modules that types can concern: those of the controls, and those of the kinds."""
    kinds = {kind.__module__ for kind in all_kinds() if kind.terraform_types() & types}
    return {control.module for control in listed if control.concerns(types)} | {*filter(_is_ours, kinds)}


def _is_ours(module: str) -> bool:
    return module.startswith(SERVICES)


def declaring(directory: Path, *types: str) -> Path:
    directory.mkdir(exist_ok=True)
    blocks = [f'resource "{type}" "phi" {{\n  bucket = "x"\n}}\n' for type in types]
    (directory / "main.tf").write_text("\n".join(blocks))
    return directory


@pytest.mark.parametrize(
    "types",
    [
        ("aws_s3_bucket",),
        ("aws_s3_bucket_policy",),  # a part whose bucket is declared elsewhere
        ("aws_vpc",),  # which brings a security group along
        ("awscc_dynamodb_table",),
        ("aws_sqs_queue", "aws_sns_topic"),
    ],
)
def test_a_scan_imports_what_can_concern_its_types(
    types: tuple[str, ...], listed: tuple[ListedControl, ...], tmp_path: Path
) -> None:
    found, kinds, controls = scanned(declaring(tmp_path, *types))
    assert found == with_what_they_import(concerned(listed, set(types)))
    services = {each.split(".")[2] for each in found if each.startswith(SERVICES)}
    assert len(services) < 12, services
    assert controls == len(listed)
    for kind in kinds:
        assert {control.module for control in listed if control.kind_name == kind} <= found


def test_source_that_no_control_judges_imports_no_policy(tmp_path: Path) -> None:
    found, _, _ = scanned(declaring(tmp_path, "aws_redshift_cluster", "google_project"))
    assert found == set()


def test_a_scan_by_one_control_imports_its_module_alone(listed: tuple[ListedControl, ...], tmp_path: Path) -> None:
    (one,) = (control for control in listed if control.id == "s3_bucket_versioning_enabled")
    found, _, controls = scanned(declaring(tmp_path, "aws_s3_bucket", "aws_db_instance"), one.id)
    kinds = concerned(listed, {"aws_s3_bucket", "aws_db_instance"}) - {control.module for control in listed}
    assert found == with_what_they_import({one.module, *kinds})
    assert controls == 1


# --- out of date ------------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """An installation of its own: the package with its policies."""
    package = tmp_path / "site" / "hipaa_guard"
    bytecode = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "hipaa_guard", package, ignore=bytecode)
    shutil.copytree(ROOT / "policies", package / "policies", ignore=bytecode)
    return package


_FAILING = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from hipaa_guard.controls.catalogue import catalogue
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
import hipaa_guard
assert hipaa_guard.__path__ == [sys.argv[1] + "/hipaa_guard"], hipaa_guard.__path__
assessment = scan_terraform(TerraformTarget(Path(sys.argv[2]), repository_root=Path(sys.argv[2])), Options())
print(catalogue() is not None, *sorted(each.control_id for each in assessment.findings if each.status == "fail"))
"""


def failing(package: Path, directory: Path) -> list[str]:
    """Whether the catalogue is in use ("True"), and the controls that fail."""
    # -S: the editable installation of the tests would be found first.
    paths = [path for path in sys.path if "site-packages" in path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-S", "-c", _FAILING, str(package.parent), str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=directory)
    return done.stdout.split()


def test_a_changed_module_turns_the_catalogue_off(copy: Path, tmp_path: Path) -> None:
    source = declaring(tmp_path / "infra", "aws_sqs_queux")
    assert failing(copy, source) == ["True"]
    sqs = copy / "services" / "sqs.py"
    sqs.write_text(sqs.read_text().replace('"aws_sqs_queue"', '"aws_sqs_queux"'))
    used, *failed = failing(copy, source)
    assert used == "False"
    assert "sqs_queue_has_dead_letter_queue" in failed, failed


def test_a_new_module_and_a_lost_one_turn_it_off(copy: Path, tmp_path: Path) -> None:
    source = declaring(tmp_path / "infra", "aws_s3_bucket")
    new = copy / "services" / "new.py"
    new.write_text("")
    assert failing(copy, source)[0] == "False"
    new.unlink()
    assert failing(copy, source)[0] == "True"
    (copy / "policies" / "patching" / "compute.py").unlink()
    assert failing(copy, source)[0] == "False"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"checksum": 1}', "\udcff"])
def test_a_damaged_catalogue_is_not_used(copy: Path, tmp_path: Path, text: str) -> None:
    source = declaring(tmp_path / "infra", "aws_s3_bucket")
    whole = failing(copy, source)
    (copy / "controls" / "catalogue.json").write_bytes(text.encode(errors="surrogateescape"))
    assert failing(copy, source) == ["False", *whole[1:]]


def test_a_module_without_its_control_is_an_error_and_no_pass(listed: tuple[ListedControl, ...]) -> None:
    assert catalogue.cache_info().currsize == 1
    one = listed[0]
    entry = {
        "id": "no_such_control",
        "title": one.title,
        "why": one.why,
        "safeguard": one.safeguard,
        "module": one.module,
        "severity": one.severity,
        "hipaa": one.hipaa,
        "fix": {"note": "x"},
        "peers": {},
        "previous_ids": (),
        "refines": (),
        "advisory": "",
    }
    with pytest.raises(CatalogueError, match="has no control no_such_control"):
        imported([ListedControl(entry, one._kinds)])


_FOREIGN = """
from hipaa_guard.controls.catalogue import catalogue, imported_for
from hipaa_guard.services import s3
class Archive(s3.Bucket):
    pass
print(*sorted(each.id for each in imported_for(catalogue().controls, {"acme_archive"})))
"""


def test_somebody_elses_kind_brings_all_controls() -> None:
    """It may be derived from one of ours and be read from types that the catalogue does not know."""
    done = subprocess.run([sys.executable, "-c", _FOREIGN], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [each.id for each in shipped() if each.kind.terraform is not None]
