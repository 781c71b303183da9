"""Principals of policies, and the accounts that they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable

from hipaa_guard.facts.policies.binding_conditions import OF_MEMBERS, SYMBOL_START
from hipaa_guard.facts.policies.texts import SYMBOL_END, Text, account_of_symbol, covers
from hipaa_guard.facts.values import ANY_ACCOUNT, Cause, Undecided, Unknown, in_doubt
from hipaa_guard.lean import dataclass, regex

_ROOT = regex(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?")
"""An account as a principal, by its id or its ARN."""

_OF_AWS = regex(r"\bdata\.aws_(elb|redshift|cloudtrail|billing)_service_account\.")
"""Looked-up accounts that AWS itself writes logs from."""

_ELB_ACCOUNTS = frozenset({
    *("127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580"),
    *("718504428378", "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251"),
    *("054676820928", "156460612806", "652711504416", "635631232127", "009996457667", "897822967062", "076674570225"),
    *("507241528517", "048591011584", "190560391635", "638102146993", "037604701340"),
})  # fmt: skip
"""The accounts from which Elastic Load Balancing delivers access logs, one a region that is older than August 2022
("Enable access logs for your Application Load Balancer", as of 2026-11).
"""

AWS = "an account of AWS"
"""Stands for the accounts that AWS itself delivers logs from."""

_SHOWN = 8
"""Digits of a canonical user id in messages: there are 64."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a statement is about. ``type`` is ``AWS``, ``Service``, ``Federated``, ``CanonicalUser`` or ``*``."""

    type: str
    value: Text

    @property
    def is_anyone(self) -> bool:
        """Whether this is everybody, signed in or not (``"*"`` and ``{"AWS": "*"}`` mean the same)."""
        return self.type in ("*", "AWS") and covers(self.value, "*", wildcards=False)

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
        parts = [] if value.startswith(SYMBOL_START) else value.split(":", 5)  # a key in an address may be an ARN
        account = parts[4] if len(parts) == 6 else value
        if account.startswith(SYMBOL_START):
            return _account_behind(account.strip(SYMBOL_START + SYMBOL_END))
        if account in _ELB_ACCOUNTS:
            return AWS
        if self.type == "Federated" and account == value:
            return f"users of {value}"
        is_pattern = account != value and ("*" in account or "?" in account)
        return account if is_pattern or re.fullmatch(r"\d{12}", account) else None

    def is_owner(self, owner: Callable[[], str] | None) -> bool:
        """Whether this is a canonical user id, and certainly that of the account itself.

        Source may write down the id of its own account, which `owner` tells. In a live policy S3 may have changed an
        id to the ARN of its account, whosever it is (S3 user guide, "Principals").

        Raises:
            Undecided: the id of the account is not known.

        """
        if self.type != "CanonicalUser" or owner is None or self.account is None:
            return False
        return not str(self.value).startswith(SYMBOL_START) and self.value == owner()  # a symbol is of another account

    def is_same(self, other: Principal) -> bool:
        """Whether another principal is certainly the same; an account has two texts. Raises `Undecided`."""
        if self.type != other.type:
            return False
        one, two = (_ROOT.fullmatch(each.value) if isinstance(each.value, str) else None for each in (self, other))
        return one[1] == two[1] if one and two else self.value == other.value

    def may_be(self, other: Principal) -> bool:
        """Whether another principal is the same, or of the same account. Raises `Undecided`."""
        if self.type != other.type:
            return False
        return self.value == other.value or (self.type != "Service" and self.account == other.account)

    @property
    def _canonical_user(self) -> str | None:
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
    account, name = account_of_symbol(name)
    if account == ANY_ACCOUNT and ".data." in f".{name}":
        raise Undecided(Unknown(f"the account of {name} is read when Terraform plans", Cause.DATA_SOURCE))
    if account == ANY_ACCOUNT:
        raise Undecided(in_doubt(name))
    if account is None and OF_MEMBERS.search(name):
        raise Undecided(Unknown(f"the account {name} is known only after apply", Cause.AFTER_APPLY))
    return account
