"""Statements of policies, with their principals. Unknown parts are kept.

Grammar, the meaning of wildcards and of ``Not...`` elements: IAM user guide, "IAM JSON policy element reference".
Only ``*`` (any text) and ``?`` (one character) are wildcards there; brackets are literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from hipaa_guard.facts.binding_conditions import (
    SYMBOL_START,
    binds_caller,
    binds_service,
    named_accounts,
    names_only_places,
    spared_by,
)
from hipaa_guard.facts.policy_conditions import Condition
from hipaa_guard.facts.values import (
    Cause,
    Existing,
    Incomplete,
    PartialText,
    Reference,
    Undecided,
    Unknown,
    Value,
    every,
    some,
)
from hipaa_guard.lean import dataclass, regex

SYMBOL_END = "\ue001"
_SYMBOL = SYMBOL_START + "{}" + SYMBOL_END
"""Delimiters of the symbol for a reference inside of a text: private-use characters, which no policy contains."""

_ANY_ACCOUNT = "?"
"""Prefix in a symbol for something that may be of any account."""

_OF_AWS = regex(r"\bdata\.aws_(elb|redshift|cloudtrail|billing)_service_account\.")
"""Looked-up accounts that AWS itself writes logs from."""

_OF_MEMBERS = regex(r"(^|\.)aws_organizations_account\.")
"""Declared resources whose ids are accounts other than one's own."""

Text = str | Unknown

_ELB_ACCOUNTS = frozenset({
    *("127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580"),
    *("718504428378", "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251"),
    *("054676820928", "156460612806", "652711504416", "635631232127", "009996457667", "897822967062", "076674570225"),
    *("507241528517", "048591011584", "190560391635", "638102146993", "037604701340"),
})  # fmt: skip
"""The accounts from which Elastic Load Balancing delivers access logs, one a region that is older than August 2022
("Enable access logs for your Application Load Balancer", as of 2026-11).
"""

DELIVERING = frozenset({"s3:putobject", "s3:getbucketacl", "s3:getbucketlocation"})
"""Actions with which logs are delivered to a bucket: nothing of it can be read with them."""

AWS = "an account of AWS"
"""Stands for the accounts that AWS itself delivers logs from."""

_SHOWN = 8
"""Digits of a canonical user id in messages: there are 64."""


def symbol(address: str | None, attribute: str) -> str:
    """The symbol that `symbolic` writes for a reference to an attribute of a resource."""
    return _SYMBOL.format(f"{address}.{attribute}")


def symbolic(value: Value) -> Text:
    """A text with symbols in the place of references, so that equal references are equal texts.

    ``"${aws_s3_bucket.b.arn}/*"`` becomes a plain ``str``; a text with any other unknown part stays an `Unknown`.
    """
    if isinstance(value, Reference):
        return symbol(value.address, value.attribute)
    if isinstance(value, PartialText):
        return _joined(value, [symbolic(part) for part in value.parts])
    return value if isinstance(value, Unknown) else str(value)


def identity(value: Value) -> Text:
    """The text of a principal: as `symbolic`, with symbols also for existing identities that are looked up."""
    if isinstance(value, Existing):
        return symbol(value.address if value.own else f"{_ANY_ACCOUNT}{value.address}", value.attribute)
    if isinstance(value, PartialText):
        return _joined(value, [identity(part) for part in value.parts])
    return symbolic(value)


def _joined(value: PartialText, parts: list[Text]) -> Text:
    return value if any(isinstance(part, Unknown) for part in parts) else "".join(map(str, parts))


_ANYTHING = "\ue004"
"""Placeholder for an unknown part of a pattern, which may be any text."""

HERE = "\ue005"
"""Placeholder in the ARN of a resource for its own partition, region, account or name, where that is not known.

A policy that is attached to the resource can only mean these: ``f"arn:{HERE}:sqs:{HERE}:{HERE}:records"``.
"""


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    expression = re.escape(re.sub(r"\*+", "*", pattern)).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression.replace(re.escape(_ANYTHING), ".*"), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Whether an IAM pattern covers a text. Wildcards in the text are literal characters."""
    return pattern in ("*", text) or _expression(pattern).fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a statement is about. ``type`` is ``AWS``, ``Service``, ``Federated``, ``CanonicalUser`` or ``*``."""

    type: str
    value: Text

    @property
    def is_anyone(self) -> bool:
        """Whether this is everybody, signed in or not (``"*"`` and ``{"AWS": "*"}`` mean the same)."""
        return self.type in ("*", "AWS") and _covers(self.value, "*", wildcards=False)

    @property
    def account(self) -> str | None:
        """The AWS account that the principal belongs to: its id, ``canonical user`` with the beginning of its canonical
        id, a pattern of ids, ``users of`` a public identity provider, or `AWS` for accounts that AWS delivers logs
        from. None for one's own, services, anyone and the ids of deleted principals.

        Raises:
            Undecided: the account is not known.

        """
        if self.type == "CanonicalUser":
            return self._canonical_user
        if self.type not in ("AWS", "Federated"):
            return None
        value = self.value
        if isinstance(value, Unknown):
            if self.type == "Federated":
                return None
            raise Undecided(value)
        if _OF_AWS.search(value):
            return AWS
        parts = value.split(":", 5)
        account = parts[4] if len(parts) == 6 else value
        if account.startswith(SYMBOL_START):
            return _account_behind(account.strip(SYMBOL_START + SYMBOL_END))
        if account in _ELB_ACCOUNTS:
            return AWS
        if self.type == "Federated" and account == value:
            return f"users of {value}"
        is_pattern = account != value and ("*" in account or "?" in account)
        return account if is_pattern or re.fullmatch(r"\d{12}", account) else None

    @property
    def _canonical_user(self) -> str | None:
        """AWS replaces the canonical id of one's own account by its ARN, so one that is written is another's."""
        if isinstance(self.value, Unknown):
            raise Undecided(self.value)
        if self.value.startswith(SYMBOL_START):
            return _account_behind(self.value.strip(SYMBOL_START + SYMBOL_END))
        return f"canonical user {self.value[:_SHOWN]}..."


def _account_behind(name: str) -> str | None:
    """The account of a declared resource or a looked-up value; None for one's own.

    Raises:
        Undecided: it may be any account.

    """
    if name.startswith(_ANY_ACCOUNT):
        name = name.removeprefix(_ANY_ACCOUNT)
        raise Undecided(Unknown(f"the account of {name} is read when Terraform plans", Cause.DATA_SOURCE))
    if _OF_MEMBERS.search(name):
        raise Undecided(Unknown(f"the account {name} is known only after apply", Cause.AFTER_APPLY))
    return None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Lists may be `Incomplete`, texts in them unknown: use the three-valued methods below."""

    effect: str
    sid: str | None
    principals: list[Principal]
    not_principals: list[Principal]
    actions: list[Text]
    """In lower case: actions are not case-sensitive."""
    not_actions: list[Text]
    resources: list[Text]
    not_resources: list[Text]
    conditions: list[Condition]

    def is_about_anyone(self) -> bool:
        """Whether the statement is about all principals."""
        return some(lambda principal: principal.is_anyone, self.principals)

    def covers_action(self, action: str) -> bool:
        """Whether the statement is about an action such as ``s3:GetObject`` (or a pattern such as ``s3:*``)."""
        wanted = action.lower()
        if self.not_actions:
            return not some(lambda pattern: _covers(pattern, wanted), self.not_actions)
        return some(lambda pattern: _covers(pattern, wanted), self.actions)

    def covers_resource(self, *names: str) -> bool:
        """Whether the statement is about a resource with any of these names; equal or wider patterns cover a name."""

        def covered(pattern: Text) -> bool:
            return some(lambda name: _covers(pattern, name), names)

        if self.not_resources:
            return not some(covered, self.not_resources)
        return some(covered, self.resources)

    def binds_caller(self) -> bool:
        """Whether a condition limits callers to named accounts, organisations, networks or resources."""
        return some(binds_caller, self.conditions)

    def unbound_services(self) -> list[str]:
        """The AWS services that an allow lets in, whoever they act for.

        Raises:
            Undecided: a service or a condition is not known, and no known service is let in so.

        """
        if self.effect != "Allow" or not self._is_about_a_service():
            return []
        if some(binds_service, self.conditions):
            return []
        principals = self.principals.seen if isinstance(self.principals, Incomplete) else self.principals
        found = [each.value for each in principals if each.type == "Service"]
        known = [value for value in found if isinstance(value, str)]
        if not known:
            raise Undecided(next(value for value in found if isinstance(value, Unknown)))
        return known

    def _is_about_a_service(self) -> bool:
        return some(lambda principal: principal.type == "Service", self.principals)

    def covers_only(self, actions: Iterable[str]) -> bool:
        """Whether every action of the statement is one of these, in lower case.

        Raises:
            Undecided: an action is not known.

        """
        allowed = frozenset(actions)
        return not self.not_actions and every(lambda pattern: _is_one_of(pattern, allowed), self.actions)

    def without(self, denial: Statement) -> Statement | None:
        """This statement with what a denial leaves of it; None where the denial leaves nothing.

        Only a denial counts that is about all that this statement allows. It is about everybody, with one condition at
        most, or without any about principals that this statement names.

        Raises:
            Undecided: that is not known.

        """
        conditions = list(denial.conditions)
        if len(conditions) > 1 or not denial.covers(self):
            return self
        if not denial.is_about_anyone():
            return self if conditions else self._without_principals(denial.principals)
        if not conditions:
            return None
        spared = spared_by(conditions[0])
        return self if spared is None else replace(self, conditions=[*self.conditions, spared])

    def _without_principals(self, denied: list[Principal]) -> Statement | None:
        if isinstance(self.principals, Incomplete):
            return self
        left = [each for each in self.principals if each not in denied]
        return replace(self, principals=left) if left else None

    def covers(self, other: Statement) -> bool:
        """Whether the statement is about all actions and resources of another one."""
        if other.not_actions or other.not_resources:
            return _is_whole(self.actions) and _is_whole(self.resources)
        return every(
            lambda action: self.covers_action(action) if isinstance(action, str) else _is_whole(self.actions),
            other.actions,
        ) and every(
            lambda name: self.covers_resource(name) if isinstance(name, str) else _is_whole(self.resources),
            other.resources,
        )

    def is_public(self) -> bool:
        """Whether the statement allows something to anyone, without a condition that binds the caller."""
        if self.effect != "Allow":
            return False
        # Allow with NotPrincipal lets in everyone who is not named, signed in or not.
        return (bool(self.not_principals) or self.is_about_anyone()) and not self.binds_caller()

    def lets_in_a_place(self) -> bool:
        """Whether the statement allows something to all callers from a network, in any account."""
        return self.effect == "Allow" and self.is_about_anyone() and names_only_places(self.conditions)

    def _accounts_of_callers(self) -> set[str] | None:
        """The only accounts whose principals meet a condition; None where no condition says so."""
        for condition in self.conditions.seen if isinstance(self.conditions, Incomplete) else self.conditions:
            values = condition.values
            if condition.key == "aws:principalaccount" and binds_caller(condition):
                return set(map(str, values)) if all(isinstance(value, str) for value in values) else None
        return None

    def foreign_accounts(self, own: str | None) -> list[str]:
        """The AWS accounts other than `own` that an allow names.

        Raises:
            Undecided: a principal is not known, or accounts are named and `own` is not known.

        """
        if self.effect != "Allow":
            return []
        accounts = [account for account in (principal.account for principal in self.principals) if account]
        accounts = [account for account in accounts if account != AWS or not self.covers_only(DELIVERING)]
        bound = self._accounts_of_callers()
        if bound is not None:  # principals of all other accounts never meet the condition
            accounts = [account for account in accounts if account in bound]
        if self.is_about_anyone() or self._is_about_a_service():  # then the conditions name them
            accounts += [account for condition in self.conditions for account in named_accounts(condition)]
        others = {account for account in accounts if not account.isdigit()}
        if not others and accounts and own is None:
            reason = "the account that the configuration is applied to is not known: name it with --account"
            raise Undecided(Unknown(reason))
        return sorted(others | {account for account in accounts if own is not None and account != own})


def _is_one_of(pattern: Text, texts: frozenset[str]) -> bool:
    if isinstance(pattern, Unknown):
        raise Undecided(pattern)
    return pattern in texts


def _is_whole(patterns: Iterable[Text]) -> bool:
    """Whether one of the patterns covers everything."""
    return some(lambda pattern: _covers(pattern, "*"), patterns)


def _covers(pattern: Text, text: str, *, wildcards: bool = True) -> bool:
    """Whether a pattern covers a text. The known parts of a partly unknown pattern may already exclude it."""
    if HERE in text:
        return _covers_here(pattern, text)
    if isinstance(pattern, str):
        return matches(pattern, text) if wildcards else pattern == text
    if isinstance(pattern, Existing) and ("*" in text or "?" in text):
        return False  # it names one thing
    parts = pattern.parts if isinstance(pattern, PartialText) else ()
    if parts and not _expression("".join(_literal(part) for part in parts)).fullmatch(text):
        return False
    raise Undecided(pattern)


def _covers_here(pattern: Text, text: str) -> bool:
    """Whether a pattern covers the ARN of a resource whose region and account are not known."""
    if isinstance(pattern, Unknown) and not isinstance(pattern, PartialText):
        raise Undecided(pattern)
    written = pattern if isinstance(pattern, str) else "".join(_literal(part) for part in pattern.parts)
    if written == "*":
        return True
    segments, names = written.split(":", 5), text.split(":", 5)
    if len(segments) != len(names):
        if isinstance(pattern, Unknown):
            raise Undecided(pattern)
        return False
    pairs = list(zip(segments, names, strict=True))
    if not all(_is_of_here(one, name) for one, name in pairs):
        return False
    if isinstance(pattern, Unknown) and any(_ANYTHING in one for one, name in pairs if HERE not in name):
        raise Undecided(pattern)
    return True


def _is_of_here(pattern: str, name: str) -> bool:
    """Whether a part of a pattern covers a part of an ARN, in which `HERE` stands for any text without a slash."""
    before, here, after = name.partition(HERE)
    if _expression(pattern).fullmatch(f"{before}0{after}" if here else name):
        return True
    own = pattern.removeprefix(before).removesuffix(after)
    return bool(here) and pattern == f"{before}{own}{after}" and "/" not in own


def _literal(part: str | Unknown) -> str:
    """The text of a part: a placeholder for an unknown one, its symbol for a reference."""
    if isinstance(part, str):
        return part
    return symbol(part.address, part.attribute) if isinstance(part, Reference) else _ANYTHING
