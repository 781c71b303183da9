"""Automatic minor updates: known holes are closed without waiting for a person."""

from hipaa_guard.authoring import MEDIUM, Verdict, failed, judgement, passed

MEASURE = ("164.308(a)(1)(i)", "164.308(a)(1)(ii)(B)")
"""The lines that a measure against a known weakness gives evidence for: patches, and guards that stand in front."""


@judgement(
    severity=MEDIUM,
    hipaa=MEASURE,
    why="Minor versions close holes that are publicly known; waiting for a person keeps ePHI behind them.",
)
def minor_versions_automatic(automatic: bool, *_: object) -> Verdict:
    """Told whether minor versions of the engine are installed automatically."""
    if automatic:
        return passed("takes minor engine versions automatically")
    return failed("has automatic minor version upgrades off")
