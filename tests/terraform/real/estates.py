"""The configurations that are planned, applied and scanned: the examples, the clinic, and generated ones."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hipaa_guard.controls.control import Status
from tests.terraform.real.cloud import ACCOUNT, REGION
from tests.terraform.real.completing import for_aws
from tests.terraform.real.snippets import REPOSITORY, Snippet

PASSWORD = "not-a-real-password"


@dataclass(frozen=True, slots=True)
class Estate:
    """A root module as texts by path, the values of its variables, and what an account has before it is applied."""

    name: str
    files: Mapping[str, str]
    before: Callable[[], Mapping[str, Any]] = dict
    """Makes in the account what the configuration expects there; answers with the values of variables."""
    apart: bool = False
    """Whether its modules have nothing to do with each other."""
    region: str = REGION
    """Where its provider puts it."""

    def write(self, directory: Path) -> Path:
        """The files below a directory."""
        for name, text in self.files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return directory


def shipped() -> list[Estate]:
    """The examples, the clinic of the tests, and a small synthetic estate."""
    return [
        Estate("telehealth", _files(REPOSITORY / "examples" / "telehealth"), _for_telehealth),
        Estate("patient-records", _files(REPOSITORY / "examples" / "patient-records")),
        Estate(
            "clinic",
            _files(REPOSITORY / "tests" / "terraform" / "clinic"),
            lambda: {"password": PASSWORD},
            region="eu-west-1",
        ),
        Estate("synthetic", _synthetic(), with_releases),
    ]


def _files(directory: Path) -> dict[str, str]:
    paths = [path for path in sorted(directory.rglob("*")) if path.suffix in (".tf", ".tfvars")]
    return {path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def _synthetic() -> dict[str, str]:
    from benchmarks.corpus import write

    with TemporaryDirectory() as directory:
        return _files(write(Path(directory), 120, modules=2, violations=0.5).directory)


def _for_telehealth() -> dict[str, str]:
    import boto3

    with_releases()
    certificate = boto3.client("acm").request_certificate(DomainName="visits.example.org")
    key = boto3.client("kms").create_key(Description="Scheduling database")
    return {"certificate_arn": certificate["CertificateArn"], "database_key_arn": key["KeyMetadata"]["Arn"]}


def with_releases() -> dict[str, str]:
    """The bucket of the archives of functions."""
    import boto3

    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="riverside-releases")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("reminders.py", "def handler(event, context):\n    return None\n")
    for name in ("reminders", "summaries"):
        s3.put_object(Bucket="riverside-releases", Key=f"{name}.zip", Body=archive.getvalue())
    return {}


EACH = (("fix", Status.PASS), ("case", Status.FAIL))
"""For each control so much of each sort is applied: its fix, and a case that fails."""


def chosen(found: Iterable[Snippet]) -> list[Snippet]:
    """Those that are applied: the first of each sort for each control that leave no variable open."""
    kept: dict[tuple[str, str, Status | None], Snippet] = {}
    for one in found:
        sort = "case" if one.whole else "fix"
        if one.control and (sort, one.verdict) in EACH and not one.open_variables:
            kept.setdefault((one.control, sort, one.verdict), one)
    # All controls judge each of them, so a text that was chosen for several is applied once.
    once = {one.text: one for one in reversed(kept.values())}
    return [with_own_names(_in_our_account(one.with_text(for_aws(one.text)))) for one in reversed(once.values())]


_READERS_ACCOUNT = "111122223333"
"""The account of whoever reads a fix."""


def _in_our_account(one: Snippet) -> Snippet:
    """A fix in the simulated account. A case names accounts on purpose, so it stays as it is."""
    return one if one.whole else one.with_text(one.text.replace(_READERS_ACCOUNT, ACCOUNT))


_NAMED = re.compile(
    r"^\s*(?:bucket|name|identifier|cluster_identifier|cluster_name|function_name|creation_token"
    r'|db_snapshot_identifier|db_cluster_snapshot_identifier)\s*=\s*"([\w./-]+)"'
)


def with_own_names(one: Snippet) -> Snippet:
    """A snippet whose names in AWS are its own, so that many of them fit into one account."""
    own = one.name.rpartition("_")[2]
    text = one.text
    for name in sorted(_names(text), key=len, reverse=True):
        # A label is followed by its block, an address has a dot before it: both stay.
        text = re.sub(rf'(?<![\w.-]){re.escape(name)}(?![\w.-]|" ?\{{)', f"{name}-{own}", text)
    return one.with_text(text)


def _names(text: str) -> set[str]:
    """The names that resources are given, not those of parameters and the like inside them."""
    found, depth = set(), 0
    for line in re.sub(r"\{(?= *\w)", "{\n", text).splitlines():
        named = _NAMED.match(line)
        if named and depth == 1:
            found.add(named[1])
        depth += line.count("{") - line.count("}")
    return found


ONE_PER_ACCOUNT = (
    "aws_account_",
    "aws_default_",
    "aws_ebs_default_kms_key",
    "aws_ebs_encryption_by_default",
    "aws_ebs_snapshot_block_public_access",
    "aws_ec2_instance_metadata_defaults",
    "aws_iam_account_",
    "aws_iam_security_token_service_preferences",
    "aws_s3_account_public_access_block",
)
"""Types, or starts of types, of which an account or region has one: two of them cannot stand beside each other."""


MOST = 60
"""Snippets in one group. moto serves one call after the other, and the provider gives up on what takes too long."""


def apart(found: Iterable[Snippet]) -> Iterator[list[Snippet]]:
    """Groups in which nothing is declared twice of which an account has only one.

    Such a setting concerns all that stands beside it, so those that have one are in groups of their own.
    """
    every = list(found)
    alone = [one for one in every if not _single(one)]
    for at in range(0, len(alone), MOST):
        yield alone[at : at + MOST]
    left = [one for one in every if _single(one)]
    while left:
        taken: set[str] = set()
        group: list[Snippet] = []
        rest: list[Snippet] = []
        for one in left:
            fits = not _single(one) & taken
            (group if fits else rest).append(one)
            taken |= _single(one) if fits else set()
        yield group
        left = rest


def _single(one: Snippet) -> set[str]:
    """The types it declares of which an account has one."""
    return {type_ for type_ in re.findall(r'resource "(\w+)"', one.text) if type_.startswith(ONE_PER_ACCOUNT)}
