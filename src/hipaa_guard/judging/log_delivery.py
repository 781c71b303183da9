"""Logs delivered: who reached ePHI is on record, where the record outlives the resource."""

from typing import NamedTuple

from hipaa_guard.authoring import MEDIUM, Verdict, failed, judgement, passed, some

_RECORDED = ("164.312(b)", "164.308(a)(1)(ii)(D)")


@judgement(severity=MEDIUM, hipaa=_RECORDED)
def access_logged(target: str | None, *_: object, logs: str = "access logs", to: str = "") -> Verdict:
    """Told where access logs are delivered to, None where there are none.

    `logs` names them as the service does, `to` what kind of place the target is.
    """
    if target is None:
        return failed(f"delivers no {logs}")
    return passed(f"is set to deliver {logs}{to and f' to {to}'}")


class Exports(NamedTuple):
    """The logs that are exported to CloudWatch Logs (None: no export is set), and the one that tells who did what.

    `silent` says why this one tells nothing, a sentence about what fills it; empty where it does tell.
    """

    exported: list[str] | None
    needed: str = ""
    silent: str = ""


@judgement(
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="Logs on the instance are gone within days, and with the instance: nobody can then tell who read ePHI.",
)
def logs_exported(exports: Exports, *_: object) -> Verdict:
    """Told the exports. Without any the needed log need not be known."""
    exported, needed, silent = exports
    if exported is None:
        return failed("exports no logs to CloudWatch Logs")
    if some(lambda log: log == needed, exported):
        if silent:
            return failed(f"exports the {needed} log to CloudWatch Logs, but {silent}")
        return passed(f"exports the {needed} log to CloudWatch Logs")
    return failed(f"exports {', '.join(exported) or 'no logs'} to CloudWatch Logs, but not the {needed} log")
