"""Several ways to fail, one verdict: one certain failure decides, and a pass needs all of them."""

from collections.abc import Callable

from hipaa_guard.authoring import Verdict, some
from hipaa_guard.controls.control import Status


def any_failing(*judges: Callable[[], Verdict]) -> Verdict:
    """The first verdict that is a failure; else the last of all. What stands behind a failure is not judged.

    Raises:
        Undecided: no verdict is a failure, and one is not known.

    """
    verdicts: list[Verdict] = []

    def fails(judge: Callable[[], Verdict]) -> bool:
        verdicts.append(judge())
        return verdicts[-1].status is Status.FAIL

    some(fails, judges)
    return verdicts[-1]
