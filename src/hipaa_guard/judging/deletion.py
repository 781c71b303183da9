"""Deletion protected: no single call destroys it."""

from hipaa_guard.authoring import MEDIUM, Verdict, failed, judgement, passed


@judgement(
    severity=MEDIUM,
    hipaa=("164.308(a)(7)(i)", "164.312(c)(1)"),
    why="One careless call, or one plan that replaces it, deletes the database and the ePHI in it.",
)
def deletion_protected(protected: bool, *_: object) -> Verdict:
    """Told whether the protection is on."""
    return passed("is protected against deletion") if protected else failed("is not protected against deletion")
