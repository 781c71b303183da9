"""Backed up: ePHI can be brought back after a mistake or an attack, from far enough back."""

from hipaa_guard.authoring import HIGH, Verdict, failed, judgement, passed

DAYS = 7
"""Backups are kept for so many days at least. The rule names none; a week outlives a mistake made before a holiday."""

_BACKUP = ("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)")


@judgement(
    severity=HIGH,
    hipaa=_BACKUP,
    why="Without backups that reach back far enough, ePHI that was deleted or encrypted by an attacker is lost.",
)
def backups_kept(days: int, *_: object) -> Verdict:
    """Told for how many days automated backups are kept, 0 where they are off."""
    gap = too_few(days)
    return passed(f"keeps automated backups for {days} days") if gap is None else failed(gap)


def too_few(days: int) -> str | None:
    """The gap of automated backups that are kept for so many days; None where these are enough."""
    if days >= DAYS:
        return None
    if days == 0:
        return "has automated backups off"
    return f"keeps automated backups for {days} day{'s' if days > 1 else ''}, less than {DAYS}"


@judgement(
    severity=HIGH,
    hipaa=_BACKUP,
    why="Without backups, ePHI that is overwritten, deleted or encrypted by malware is lost.",
)
def backed_up(automatic: bool, *_: object, backups: str = "automatic backups") -> Verdict:
    """Told whether backups are made by themselves, be it continuously. `backups` names them as the service does."""
    return passed(f"has {backups} on") if automatic else failed(f"has {backups} off")
