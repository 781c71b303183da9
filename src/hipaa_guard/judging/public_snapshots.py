"""Snapshots are not public: no stranger makes a database or a disk of one."""

from hipaa_guard.authoring import CRITICAL, Verdict, failed, judgement, passed


@judgement(
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Anyone with an AWS account can restore a public snapshot, and with it all ePHI that it holds.",
)
def snapshot_not_public(named_only: bool, *_: object) -> Verdict:
    """Told whether it is shared with named accounts at most."""
    if named_only:
        return passed("is not shared with everyone")
    return failed("is public: every AWS account may restore it")
