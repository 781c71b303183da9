"""What each shared judgement says of each fact, and promises that hold for all of them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import hipaa_guard.judging
from hipaa_guard.authoring import Inventory, Judgement, PolicyDocument, Resource
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.values import Incomplete, Undecided, Unknown
from hipaa_guard.judging import (
    backups,
    cross_account,
    customer_keys,
    deletion,
    encryption,
    log_delivery,
    open_ports,
    public_addresses,
    public_policies,
    public_snapshots,
    transit,
    updates,
    zones,
)
from hipaa_guard.law import citations
from hipaa_guard.testing import all_controls
from tests.given_facts import GivenFacts

PASS, FAIL = Status.PASS, Status.FAIL
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "own-policies.md"


def modules() -> list[ModuleType]:
    found = pkgutil.iter_modules(hipaa_guard.judging.__path__, f"{hipaa_guard.judging.__name__}.")
    return [importlib.import_module(module.name) for module in found]


def judgements() -> list[tuple[ModuleType, str, Judgement[Any]]]:
    """Every judgement that a module of `judging` defines, with the name by which policies import it."""
    return [
        (module, name, value)
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, Judgement)
    ]


def policy(**statement: object) -> PolicyDocument:
    read = PolicyDocument.parse({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"} | statement]})
    assert isinstance(read, PolicyDocument)
    return read


def deny(*actions: str, resource: str = "arn:b") -> PolicyDocument:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return policy(Effect="Deny", Principal="*", Action=list(actions), Resource=resource, Condition=condition)


OWN = "111122223333"
EVERYONE = policy(Principal="*")
OURS = policy(Principal={"AWS": f"arn:aws:iam::{OWN}:root"})
THEIRS = policy(Principal={"AWS": "arn:aws:iam::444455556666:root"})
SERVICE = policy(Principal={"Service": "sns.amazonaws.com"})
BUCKET = ("arn:b",)
WITH = encryption.With("a KMS key (dsse)")
NOT_SEEN = Unknown("cut off")

TABLE: list[tuple[Judgement[Any], object, Status, str]] = [
    (public_policies.policy_not_public, None, PASS, "has no policy statement that reaches everyone"),
    (public_policies.policy_not_public, OURS, PASS, "has a policy without a statement that reaches everyone"),
    (public_policies.policy_not_public, EVERYONE, FAIL, "allows everyone"),
    (cross_account.no_cross_account, None, PASS, "has no policy"),
    (cross_account.no_cross_account, OURS, PASS, "names no other account"),
    (cross_account.no_cross_account, THEIRS, FAIL, "allows other accounts: 444455556666"),
    (cross_account.no_cross_account, EVERYONE, FAIL, "allows everyone"),
    (cross_account.no_cross_account, SERVICE, PASS, "though it lets sns.amazonaws.com in"),
    (customer_keys.customer_managed_key, None, FAIL, "names no KMS key"),
    (customer_keys.customer_managed_key, "alias/aws/s3", FAIL, "is encrypted with a KMS key that AWS manages"),
    (
        customer_keys.customer_managed_key,
        "alias/records",
        PASS,
        "is encrypted with a KMS key that the customer manages",
    ),
    (encryption.encrypted_at_rest, True, PASS, "is encrypted at rest"),
    (encryption.encrypted_at_rest, False, FAIL, "is not encrypted at rest"),
    (encryption.encrypted_at_rest, WITH, PASS, "is encrypted with a KMS key (dsse)"),
    (encryption.encrypted_with_kms, True, PASS, "is encrypted with a KMS key"),
    (encryption.encrypted_with_kms, False, FAIL, "is not encrypted with a KMS key"),
    (encryption.encrypted_with_kms, WITH, PASS, "is encrypted with a KMS key (dsse)"),
    (transit.tls_required, True, PASS, "refuses connections without TLS"),
    (transit.tls_required, False, FAIL, "takes connections without TLS"),
    (transit.plain_http_denied, transit.Requests(None, ("s3:*",), (BUCKET,)), FAIL, "has no policy, so S3 answers"),
    (transit.plain_http_denied, transit.Requests(deny("s3:*"), ("s3:*",), (BUCKET,)), PASS, "denies everyone s3:*"),
    (transit.plain_http_denied, transit.Requests(OURS, ("s3:*",), (BUCKET,)), FAIL, "does not deny everyone s3:*"),
    (transit.plain_http_denied, transit.Requests(deny("s3:*"), ("s3:*",), (BUCKET, ["arn:b/*"])), FAIL, "not deny"),
    (
        transit.plain_http_denied,
        transit.Requests(deny("a:Put"), ("a:Put", "a:Get"), (BUCKET,)),
        FAIL,
        "a:Put and a:Get",
    ),
    (deletion.deletion_protected, True, PASS, "is protected against deletion"),
    (deletion.deletion_protected, False, FAIL, "is not protected against deletion"),
    (log_delivery.access_logged, "logs", PASS, "is set to deliver access logs"),
    (log_delivery.access_logged, None, FAIL, "delivers no access logs"),
    (log_delivery.logs_exported, log_delivery.Exports(None), FAIL, "exports no logs to CloudWatch Logs"),
    (
        log_delivery.logs_exported,
        log_delivery.Exports([], "audit"),
        FAIL,
        "exports no logs to CloudWatch Logs, but not",
    ),
    (log_delivery.logs_exported, log_delivery.Exports(["error"], "audit"), FAIL, "exports error to CloudWatch Logs"),
    (log_delivery.logs_exported, log_delivery.Exports(["error", "audit"], "audit"), PASS, "exports the audit log"),
    (log_delivery.logs_exported, log_delivery.Exports(Incomplete(["audit"], NOT_SEEN), "audit"), PASS, "the audit log"),
    (backups.backups_kept, 0, FAIL, "off"),
    (backups.backups_kept, 1, FAIL, "for 1 day, less than 7"),
    (backups.backups_kept, 6, FAIL, "for 6 days, less than 7"),
    (backups.backups_kept, 7, PASS, "for 7 days"),
    (backups.backed_up, True, PASS, "has automatic backups on"),
    (backups.backed_up, False, FAIL, "has automatic backups off"),
    (updates.minor_versions_automatic, True, PASS, "takes minor engine versions automatically"),
    (updates.minor_versions_automatic, False, FAIL, "upgrades off"),
    (public_addresses.no_public_address, True, PASS, "has no public address"),
    (public_addresses.no_public_address, False, FAIL, "has a public address"),
    (public_snapshots.snapshot_not_public, True, PASS, "is not shared with everyone"),
    (public_snapshots.snapshot_not_public, False, FAIL, "every AWS account may restore it"),
    (zones.several_zones, True, PASS, "runs in more than one zone"),
    (zones.several_zones, False, FAIL, "runs in one zone only"),
    (open_ports.closed_to_internet, None, PASS, "has no rule that opens SSH to the internet"),
    (open_ports.closed_to_internet, "TCP 22 from 0.0.0.0/0", FAIL, "lets in TCP 22 from 0.0.0.0/0"),
]

NEEDED = {transit.plain_http_denied.name: {"service": "S3"}, open_ports.closed_to_internet.name: {"of": "SSH"}}
"""The words that each control must give, as the table has them."""

AWS_KEY = f"{customer_keys.AWS_MANAGED} aws/x"
WORDED: list[tuple[Judgement[Any], object, dict[str, str], str]] = [
    (public_policies.policy_not_public, None, {"policy": "key policy"}, "has no key policy statement that reaches"),
    (public_policies.policy_not_public, OURS, {"policy": "key policy"}, "has a key policy without a statement"),
    (public_policies.policy_not_public, EVERYONE, {"policy": "key policy"}, "has a key policy that allows everyone"),
    (
        customer_keys.customer_managed_key,
        None,
        {"otherwise": "a key that X owns"},
        "is encrypted with a key that X owns",
    ),
    (customer_keys.customer_managed_key, None, {"otherwise": AWS_KEY}, "is encrypted with the AWS managed key aws/x"),
    (customer_keys.customer_managed_key, "alias/aws/x", {"otherwise": AWS_KEY}, "with the AWS managed key aws/x"),
    (
        customer_keys.customer_managed_key,
        "alias/aws/x",
        {"otherwise": "a key that X owns"},
        "a KMS key that AWS manages",
    ),
    (
        customer_keys.customer_managed_key,
        "alias/own",
        {"otherwise": AWS_KEY},
        "with a KMS key that the customer manages",
    ),
    (
        customer_keys.customer_managed_key,
        "alias/own",
        {"encrypts": "new files"},
        "encrypts new files with a KMS key that",
    ),
    (
        customer_keys.customer_managed_key,
        "alias/aws/x",
        {"encrypts": "new files"},
        "encrypts new files with a KMS key that",
    ),
    (encryption.encrypted_at_rest, True, {"encrypts": "new files"}, "encrypts new files"),
    (encryption.encrypted_at_rest, False, {"encrypts": "new files"}, "does not encrypt new files"),
    (encryption.encrypted_at_rest, WITH, {"encrypts": "new files"}, "encrypts new files with a KMS key (dsse)"),
    (encryption.encrypted_with_kms, True, {"encrypts": "new files"}, "encrypts new files with a KMS key"),
    (encryption.encrypted_with_kms, False, {"encrypts": "new files"}, "does not encrypt new files with a KMS key"),
    (encryption.encrypted_with_kms, False, {"otherwise": "X's key"}, "is encrypted with X's key, not with a KMS key"),
    (
        transit.plain_http_denied,
        transit.Requests(None, ("a:*",), (BUCKET,)),
        {"policy": "queue policy"},
        "no queue policy,",
    ),
    (
        transit.plain_http_denied,
        transit.Requests(deny("a:*"), ("a:*",), (BUCKET,)),
        {"on": "it"},
        "a:* on it without TLS",
    ),
    (transit.plain_http_denied, transit.Requests(OURS, ("a:*",), (BUCKET,)), {"on": "it"}, "a:* on it without TLS"),
    (
        log_delivery.access_logged,
        "b",
        {"logs": "query logs", "to": "a bucket"},
        "set to deliver query logs to a bucket",
    ),
    (log_delivery.access_logged, None, {"logs": "query logs", "to": "a bucket"}, "delivers no query logs"),
    (backups.backed_up, True, {"backups": "rewinding"}, "has rewinding on"),
    (backups.backed_up, False, {"backups": "rewinding"}, "has rewinding off"),
    (public_addresses.no_public_address, True, {"address": "public IPv4 address"}, "has no public IPv4 address"),
    (public_addresses.no_public_address, False, {"address": "public IPv4 address"}, "has a public IPv4 address"),
    (open_ports.closed_to_internet, None, {"to": "the whole internet"}, "opens SSH to the whole internet"),
]


def said(judgement: Judgement[Any], fact: object, **words: str) -> tuple[Status, str]:
    resource = Resource(Origin("house.Room", None, "r", "terraform", account=OWN), GivenFacts())
    inventory = Inventory([], source="terraform")
    return judgement.says(fact, resource, inventory, **(NEEDED.get(judgement.name, {}) | words))


@pytest.mark.parametrize(
    ("judgement", "fact", "status", "words"), TABLE, ids=lambda value: getattr(value, "name", None)
)
def test_what_it_says_of_a_fact(judgement: Judgement[Any], fact: object, status: Status, words: str) -> None:
    verdict, message = said(judgement, fact)
    assert verdict is status
    assert words in message


@pytest.mark.parametrize(
    ("judgement", "fact", "words", "message"), WORDED, ids=lambda value: getattr(value, "name", None)
)
def test_the_words_of_a_control_name_what_the_fact_is_about(
    judgement: Judgement[Any], fact: object, words: dict[str, str], message: str
) -> None:
    plain, worded = said(judgement, fact), said(judgement, fact, **words)
    assert worded[0] is plain[0]  # words decide nothing
    assert message in worded[1]


def test_a_log_that_may_be_exported_decides_nothing() -> None:
    with pytest.raises(Undecided):
        said(log_delivery.logs_exported, log_delivery.Exports(Incomplete(["error"], NOT_SEEN), "audit"))


each_judgement = pytest.mark.parametrize(
    ("module", "name", "judgement"), judgements(), ids=[name for _, name, _ in judgements()]
)


def test_every_family_is_there() -> None:
    assert len(judgements()) > 10


@each_judgement
def test_the_table_has_a_passing_and_a_failing_fact(module: ModuleType, name: str, judgement: Judgement[Any]) -> None:
    assert {status for each, _, status, _ in TABLE if each is judgement} == {PASS, FAIL}


@each_judgement
def test_it_is_known_by_the_name_of_its_function_and_says_what_it_is_told(
    module: ModuleType, name: str, judgement: Judgement[Any]
) -> None:
    assert judgement.name == name
    assert judgement.says.__module__ == module.__name__
    assert (judgement.says.__doc__ or "").startswith("Told ")
    assert (module.__doc__ or "").count("\n") < 10


@each_judgement
def test_each_of_its_words_is_a_text_that_some_message_has(
    module: ModuleType, name: str, judgement: Judgement[Any]
) -> None:
    facts = [fact for each, fact, _, _ in TABLE if each is judgement]
    given = {word.name: f"({word.name})" for word in judgement.words}
    messages = [said(judgement, fact, **given)[1] for fact in facts]
    assert [word.name for word in judgement.words if word.annotation is not str] == []
    assert [text for text in given.values() if not any(text in message for message in messages)] == []


@each_judgement
def test_its_documentation_names_each_of_its_words(module: ModuleType, name: str, judgement: Judgement[Any]) -> None:
    (row,) = re.findall(rf"^\| `\w+` \| `{name}` \|.*", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE)
    assert re.findall(r"`(\w+)=", row) == [word.name for word in judgement.words]


@each_judgement
def test_it_cites_lines_of_the_rule(module: ModuleType, name: str, judgement: Judgement[Any]) -> None:
    assert judgement.hipaa
    assert set(judgement.hipaa) <= set(citations())
    assert judgement.why is None or ("ePHI" in judgement.why and judgement.why.endswith("."))


@each_judgement
def test_it_is_documented_with_its_module(module: ModuleType, name: str, judgement: Judgement[Any]) -> None:
    row = rf"^\| `{module.__name__.rpartition('.')[2]}` \| `{name}` \|"
    assert re.search(row, DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_documented_judgement_exists() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted((module.__name__.rpartition(".")[2], name) for module, name, _ in judgements())


@each_judgement
def test_some_control_of_ours_is_judged_by_it(module: ModuleType, name: str, judgement: Judgement[Any]) -> None:
    held = [inspect.getclosurevars(control.judge).nonlocals.get("says") for control in all_controls().values()]
    assert judgement.says in held
