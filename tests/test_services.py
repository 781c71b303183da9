"""Each service is finished: its kinds are judged, its facts looked up, its calls named. Errors say what to add where."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import pytest
import yaml

from hipaa_guard import law, services
from hipaa_guard.assessment.relevant_types import belonging
from hipaa_guard.aws.planning.actions import actions_of
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Unknown
from hipaa_guard.testing import all_controls
from tests.schema import NEWEST, schema
from tests.skeleton import NOT_LOOKED_UP

JUDGED = kinds_of(all_controls().values())


@cache
def kinds(module: str) -> list[type[Resource]]:
    """The kinds that a module of services declares."""
    found = vars(importlib.import_module(module)).values()
    return [
        each
        for each in found
        if isinstance(each, type)
        and issubclass(each, Resource)
        and each.__module__.startswith(module)
        and not each.__name__.startswith("_")
    ]


MODULES = [module.name for module in pkgutil.iter_modules(services.__path__, f"{services.__name__}.")]
each_module = pytest.mark.parametrize("module", MODULES)


@each_module
def test_every_kind_is_judged_or_looked_at_by_a_control(module: str) -> None:
    idle = [kind for kind in kinds(module) if kind not in JUDGED]
    assert not idle, "; ".join(f"no control reads {kind.kind}: write one in {_folders(kind)}" for kind in idle)


def _folders(kind: type[Resource]) -> str:
    types = kind.terraform.types if kind.terraform is not None else kind.aws_types
    folders = sorted({folder for type in types for folder in belonging(type).safeguards})
    return " or ".join(f"policies/{folder}/" for folder in folders) or "policies/"


@each_module
def test_what_is_left_out_was_looked_up(module: str) -> None:
    idle = [fact for kind in kinds(module) for fact in kind.facts.values() if _is_open(fact.unset)]
    names = ", ".join(f"{fact.owner.__name__}.{fact.name}" for fact in idle)
    assert not idle, f"{module}: look up what the provider does where the argument is left out, for unset= of {names}"


def _is_open(unset: object) -> bool:
    return isinstance(unset, Unknown) and unset.reason == NOT_LOOKED_UP


@cache
def prefixes() -> dict[str, set[str]]:
    """boto3's service -> the prefixes of its IAM actions, by the list of eligible services."""
    found: dict[str, set[str]] = {}
    for entry in yaml.safe_load(law.text_of("eligible_services.yaml"))["services"]:
        for client in entry.get("boto3") or ():
            found.setdefault(client, set()).update(entry.get("iam_prefixes") or ())
    return found


@pytest.mark.parametrize("operation", planned(JUDGED).operations)
def test_iam_knows_the_actions_by_their_prefix(operation: str) -> None:
    client = operation.partition(".")[0]
    known = prefixes().get(client)
    if known is None:
        pytest.skip(f"{client} is none of the eligible services")
    wrong = {action for action in actions_of(operation) if action.partition(":")[0] not in known}
    assert not wrong, (
        f"_PREFIXES of src/hipaa_guard/aws/planning/actions.py: IAM calls {client} {' or '.join(sorted(known))}"
    )


@each_module
def test_every_type_is_one_of_the_provider_s(module: str) -> None:
    types = {type for kind in kinds(module) if kind.terraform is not None for type in kind.terraform.types}
    unheard = sorted(types - set(schema()))
    assert not unheard, (
        f"{', '.join(unheard)}: not in tests/reference. `make docs` adds types of awscc; for aws, correct the name or give a "
        f"newer schema to `python -m tests.provider_schema aws` ({NEWEST})"
    )
