"""The provider configurations of a plan: the accounts and regions in which it makes resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hipaa_guard.facts.places import Place, configured_place
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.terraform.recorded.documents import objects, table, text
from hipaa_guard.terraform.recorded.plan_references import Instances
from hipaa_guard.terraform.recorded.plan_source import data_sources

_NOT_IN_PLAN = Unknown("the provider's argument is not in the plan", Cause.EXPRESSION)
_OF_AWS = ("aws", "awscc")


class PlanProviders:
    """The provider configurations of a plan, by their keys."""

    def __init__(self, document: Mapping[str, Any], instances: Instances) -> None:
        self._document = document
        self._instances = instances
        self._providers = table(table(document.get("configuration")).get("provider_config"))
        self._places: dict[str, Place] = {}
        self._looked_up: dict[str, set[str]] | None = None
        self.of_aws = [each for each in map(table, self._providers.values()) if each.get("name") in _OF_AWS]
        """The configurations of the providers for AWS."""

    def own_account(self) -> str | None:
        """The account that the plan was made in, where it was looked up and the only provider of AWS asked."""
        named = [each for each in self.of_aws if each.get("name") == "aws"]
        found: set[str] = set().union(*self._callers().values())
        return found.pop() if len(found) == len(named) == 1 else None

    def _callers(self) -> dict[str, set[str]]:
        """The accounts that were looked up as that of the caller, by the key of the provider that asked."""
        if self._looked_up is None:
            self._looked_up = {}
            for entry in data_sources(self._document):
                account = text(table(entry.get("values")).get("account_id"))
                if entry.get("type") == "aws_caller_identity" and account:
                    module = self._instances.module(text(entry.get("address")))
                    asked = module.resource(f"data.aws_caller_identity.{text(entry.get('name'))}")
                    self._looked_up.setdefault(text(asked.get("provider_config_key")), set()).add(account)
        return self._looked_up

    def arguments(self, key: str) -> Mapping[str, Any]:
        """The arguments of a provider configuration."""
        return table(table(self._providers.get(key)).get("expressions"))

    def region(self, key: str) -> Value:
        """The region of a provider configuration; None where none is written."""
        return self.constant(self.arguments(key).get("region"))

    def place(self, key: str) -> Place:
        """The account and region of a provider configuration."""
        if key not in self._places:
            written = self.arguments(key)
            implied = not written and ":" in key  # before Terraform 1.1, modules have keys without a configuration

            def argument(name: str) -> Value:
                return _NOT_IN_PLAN if implied else self._chosen(written.get(name))

            def roles(name: str) -> list[Value]:
                blocks = written.get(name)
                listed = objects(blocks) or ([table(blocks)] if blocks else [])
                return [
                    self._chosen(block.get("role_arn")) if "role_arn" in block else _NOT_IN_PLAN for block in listed
                ]

            place = configured_place(key or None, self.region(key), argument, roles)
            callers = self._callers().get(key, set())
            account = place.account or (next(iter(callers)) if len(callers) == 1 else None)
            self._places[key] = replace(place, account=account)
        return self._places[key]

    def _chosen(self, expression: Any) -> Value:
        """The value of an argument that chooses the account.

        A plan has the names in an expression, not the text around them: it may be ``"${var.stage}-logs"``. So the value
        of a variable counts only where it can be nothing but the whole argument, as an ARN.
        """
        value = self.constant(expression)
        is_whole = "constant_value" in table(expression) or not isinstance(value, str) or value.startswith("arn:")
        return value if is_whole else _NOT_IN_PLAN

    def constant(self, expression: Any) -> Value:
        """The value of an argument of a provider: a literal, or that of a variable of the root module."""
        found = table(expression)
        if "constant_value" in found:
            return found["constant_value"]
        names = found.get("references")
        name = text(names[0]) if isinstance(names, list) and len(names) == 1 else ""
        variable = table(table(self._document.get("variables")).get(name.removeprefix("var.")))
        if name.startswith("var.") and isinstance(variable.get("value"), str):
            return variable["value"]
        return _NOT_IN_PLAN if expression else None
