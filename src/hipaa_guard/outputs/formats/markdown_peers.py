"""Results of other scanners in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.assessment.peer_results import PeerResult
from hipaa_guard.outputs.wording import peer_words
from hipaa_guard.outputs.wording.harmless_markdown import code, prose
from hipaa_guard.outputs.wording.repository_paths import in_repository


def other_scanners(assessment: Assessment, most: int) -> Iterator[str]:
    """The paragraphs on other scanners, with at most so many results in each list."""
    for peer in assessment.peers:
        yield f"### Other scanner: {prose(peer_words.heading(peer))}"
        yield prose(peer_words.summary(peer), 2000)
        for title, results in peer_words.groups(peer, everything=False):
            lines = [_line(assessment, each) for each in results[:most]]
            if results and not lines:
                yield f"{title}: {len(results):,}"
            elif results:
                rest = len(results) - len(lines)
                more = [f"- and {rest:,} more, in the JSON result (`-o json=FILE`)"] if rest else []
                yield f"<details><summary>{title}: {len(results):,}</summary>"
                yield "\n".join([*lines, *more])
                yield "</details>"


def _line(assessment: Assessment, result: PeerResult) -> str:
    place = in_repository(assessment.scan, result.location)
    where = f" ({code(str(place))})" if place is not None else ""
    severity = peer_words.severity(result)
    ours = peer_words.ours(result)
    return (
        f"- {code(result.check or '(no id)')}{f' ({prose(severity)})' if severity else ''} "
        f"{code(result.resource or '(no resource)')}{where} {prose(peer_words.said(result))}"
        f"{f'; {prose(ours)}' if ours else ''}"
    )
