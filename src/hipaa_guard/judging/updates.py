"""Automatic minor updates: known holes are closed without waiting for a person."""

from hipaa_guard.authoring import MEDIUM, Verdict, failed, judgement, passed


@judgement(
    severity=MEDIUM,
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(5)(ii)(B)"),
    why="Minor versions close holes that are publicly known; waiting for a person keeps ePHI behind them.",
)
def minor_versions_automatic(automatic: bool, *_: object) -> Verdict:
    """Told whether minor versions of the engine are installed automatically."""
    if automatic:
        return passed("takes minor engine versions automatically")
    return failed("has automatic minor version upgrades off")
