"""Several zones: what holds ePHI goes on when a data centre fails."""

from hipaa_guard.authoring import MEDIUM, Verdict, failed, judgement, passed


@judgement(
    severity=MEDIUM,
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    why="When its zone fails, a database without a standby keeps ePHI from those who treat patients.",
)
def several_zones(several: bool, *_: object) -> Verdict:
    """Told whether it runs in more than one Availability Zone."""
    return passed("runs in more than one zone") if several else failed("runs in one zone only")
