"""Not public: no resource policy lets in everyone."""

from hipaa_guard.authoring import CRITICAL, PolicyDocument, Verdict, failed, judgement, passed


@judgement(
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="A statement that allows everyone and names no account, organisation or network gives ePHI to the internet.",
)
def policy_not_public(document: PolicyDocument | None, *_: object, policy: str = "policy") -> Verdict:
    """Told the resource policy, None where there is none. `policy` is what the service calls it."""
    if document is None:
        return passed(f"has no {policy} statement that reaches everyone")
    if document.is_public():
        return failed(f"has a {policy} that allows everyone, without a condition that names who")
    return passed(f"has a {policy} without a statement that reaches everyone")
