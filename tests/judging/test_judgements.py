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
from hipaa_guard.authoring import Inventory, Judgement, Resource
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.values import Undecided
from hipaa_guard.judging import (
    log_delivery,
)
from hipaa_guard.law import citations
from hipaa_guard.testing import all_controls
from tests.given_facts import GivenFacts
from tests.judging.judgement_table import FAIL, NEEDED, NOT_SEEN, OWN, PASS, TABLE, WORDED

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


def said(judgement: Judgement[Any], fact: object, **words: str) -> tuple[Status, str]:
    resource = Resource(Origin("house.Room", None, "r", "terraform", account=OWN), GivenFacts())
    inventory = Inventory([], source="terraform")
    verdict = judgement.says(fact, resource, inventory, **(NEEDED.get(judgement.name, {}) | words))
    return verdict.status, verdict.message


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
