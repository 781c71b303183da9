"""Several ways to fail, one verdict: one certain failure decides, and a pass needs all of them."""

from collections.abc import Callable

from hipaa_guard.authoring import Verdict, some
from hipaa_guard.controls.control import Status


def any_failing(*judges: Callable[[], Verdict]) -> Verdict:
    """The first verdict that is a failure; else the first of all.

    Raises:
        Undecided: no verdict is a failure, and one is not known.

    """
    verdicts: list[Verdict] = []

    def fails(judge: Callable[[], Verdict]) -> bool:
        verdicts.append(judge())
        return verdicts[-1].status is Status.FAIL

    return verdicts[-1] if some(fails, judges) else verdicts[0]
