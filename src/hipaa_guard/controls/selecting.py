"""Choosing controls by what people type: ids, patterns of ids, citations of the rule, and ids of other scanners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from hipaa_guard.controls.control import Control
from hipaa_guard.lean import regex
from hipaa_guard.nearest import did_you_mean

if TYPE_CHECKING:
    from hipaa_guard.law import Requirement

_PATTERN = re.compile(r"[*?\[]")
_CITATION = regex(r"(?:45 ?cfr ?)?(?:§ ?)?(164\.\d{3}(?:\([a-z0-9]+\))*)", re.IGNORECASE)
_SHORT_TRIVY = regex(r"(?:avd-)?aws-(\d{4})", re.IGNORECASE)


class Related(NamedTuple):
    """Checks of other scanners that no control is the equivalent of, and the controls that come nearest."""

    ids: tuple[str, ...]
    controls: tuple[str, ...]
    why: str
    """Why there is no equivalent, as a sentence."""


RELATED = (
    Related(
        (
            *("CKV_AWS_19", "AVD-AWS-0088", "s3_bucket_default_encryption"),
            *("s3-bucket-server-side-encryption-enabled", "s3_bucket_default_encryption_enabled"),
        ),
        ("s3_bucket_encrypted_with_kms", "s3_bucket_encrypted_with_cmk"),
        "S3 encrypts every object by itself since 2023-01-05, so that check cannot fail; these controls ask for more.",
    ),
)


class SelectionError(Exception):
    """A word selects no control. The text says what to do."""


def cited(word: str) -> Requirement | None:
    """The standard or specification of the rule that a citation names; None where the word is no citation of one."""
    from hipaa_guard import law

    found = _CITATION.fullmatch(word)
    return None if found is None else law.citations().get(found[1].lower())


class Index:
    """The controls by all words that select them."""

    def __init__(self, controls: Sequence[Control]) -> None:
        self.by_name = {name: each for each in controls for name in (each.id, *each.previous_ids)}
        self._controls = controls

    def matching(self, word: str) -> list[Control]:
        """The controls that a word selects; empty where there are none.

        A word is the present or former id of a control, a pattern of ids with ``*`` and ``?``, a citation
        (``164.312(e)(1)``, which includes what stands below it in the rule), or the id that another scanner gives its
        equivalent check.
        """
        if word in self.by_name:
            return [self.by_name[word]]
        lower = word.lower()
        written = _CITATION.fullmatch(word)
        if written is not None:
            return self._cited(written[1].lower())
        if _PATTERN.search(word):
            found = [each for name, each in self.by_name.items() if fnmatchcase(name, lower)]
            found = found or [each for name, each in self._peer_ids() if fnmatchcase(name.lower(), lower)]
        elif lower in self.by_name:
            found = [self.by_name[lower]]
        else:
            trivy = _SHORT_TRIVY.fullmatch(word)
            wanted = lower if trivy is None else f"avd-aws-{trivy[1]}"
            found = [each for name, each in self._peer_ids() if name.lower() == wanted]
        return list(dict.fromkeys(found))

    def knows(self, word: str) -> bool:
        """Whether a word selects controls, or is a check of another scanner that has no equivalent."""
        return bool(self.matching(word)) or self.related(word) is not None

    def related(self, word: str) -> Related | None:
        """What is near to the check of another scanner, where no control is its equivalent."""
        trivy = _SHORT_TRIVY.fullmatch(word)
        wanted = word.lower() if trivy is None else f"avd-aws-{trivy[1]}"
        return next((each for each in RELATED if wanted in map(str.lower, each.ids)), None)

    def chosen(self, word: str, *, near: bool = False) -> list[Control]:
        """As `matching`, and with ``near`` the controls nearest to a check that has no equivalent.

        Raises:
            SelectionError: the word selects no control; the text names the nearest words.

        """
        found = self.matching(word)
        if found:
            return found
        related = self.related(word)
        if related is not None and near:
            return [self.by_name[id] for id in related.controls]
        if related is not None:
            raise SelectionError(
                f"no control is the equivalent of {word}: {related.why} ({', '.join(related.controls)})"
            )
        raise SelectionError(f"there is no control {word!r}: {self._advice(word)}")

    def _cited(self, citation: str) -> list[Control]:
        from hipaa_guard import law

        rule = law.citations()
        below = {each for each in rule if each == citation or each.startswith(f"{citation}(")}
        below |= {each for each, requirement in rule.items() if requirement.parent == citation}
        return [control for control in self._controls if below.intersection(control.hipaa) or citation in control.hipaa]

    def _peer_ids(self) -> Iterator[tuple[str, Control]]:
        for control in self._controls:
            for ids in control.peers.values():
                for id in ids:
                    yield id, control

    def _advice(self, word: str) -> str:
        from hipaa_guard import law

        written = _CITATION.fullmatch(word)
        if written is not None:
            requirement = cited(word)
            if requirement is not None:
                return f"{requirement.name} is in the rule, and no control can judge it; a person has to."
            return did_you_mean(written[1], law.citations(), "`hipaa-guard controls list` shows the citations.")
        words = _PATTERN.sub("", word)
        names: Iterable[str] = self.by_name
        if word.upper().startswith(("CKV", "AVD", "AWS-", "HIPAA.")):
            names = [name for name, _ in self._peer_ids()]
        return did_you_mean(words, names, "`hipaa-guard controls list` shows them all.")
