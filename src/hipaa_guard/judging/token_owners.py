"""Trust in tokens of an issuer: whose tokens a role takes."""

from hipaa_guard.authoring import PolicyDocument, Statement, every, one_holds, some
from hipaa_guard.facts.policies.document import Condition
from hipaa_guard.services import iam_issuers, iam_trust
from hipaa_guard.services.iam_issuers import Issuer


def takes_named_tokens(statement: Statement, trust: PolicyDocument, of: Issuer | None = None) -> bool:
    """Whether a statement of a trust policy takes only tokens whose owner is named, by a condition of its own or by a
    denial of the policy that spares no others.

    ``of`` is the issuer whose tokens are asked about: its claims count where a key does not tell the issuer. Tokens of
    other issuers lack the key, so none gets in.
    """

    def names(condition: Condition) -> bool:
        return one_holds(lambda: iam_trust.names_owner(condition), lambda: iam_issuers.names_whose(condition, of))

    def names_some(left: Statement) -> bool:
        return some(names, left.conditions)

    return one_holds(lambda: names_some(statement), lambda: every(names_some, trust.left_of(statement, names)))
