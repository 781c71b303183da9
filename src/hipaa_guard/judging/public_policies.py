"""Not public: no resource policy lets in everyone."""

from hipaa_guard.authoring import CRITICAL, PolicyDocument, Verdict, failed, judgement, passed


@judgement(
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="A statement that allows everyone and names no account, organisation or network gives ePHI to the internet.",
)
def policy_not_public(policy: PolicyDocument | None, *_: object) -> Verdict:
    """Told the resource policy, None where there is none."""
    if policy is not None and policy.is_public():
        return failed("has a policy that allows everyone, without a condition that names who")
    return passed("has no policy statement that reaches everyone")
