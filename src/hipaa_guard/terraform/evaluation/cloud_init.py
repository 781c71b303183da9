"""User data that the data source ``cloudinit_config`` makes of its parts."""

from __future__ import annotations

from typing import Protocol

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Cause, Encoded, PartialText, Unknown, Value

TYPES = frozenset({"cloudinit_config", "template_cloudinit_config"})
"""The types of data sources. The second is that of the older provider ``template``."""


class CloudInit(Protocol):
    """The arguments of the data source."""

    def written(self, name: str) -> Value:
        """The value of an argument; None where it is absent."""


def rendered(source: CloudInit) -> Value:
    """The text for ``user_data``, which holds the contents of all parts; None where no part is known.

    Its bytes are not known: by default the provider compresses them.
    """
    parts = source.written("part")
    if not isinstance(parts, list):
        return None
    contents: list[str | Unknown] = []
    for part in parts.seen if isinstance(parts, Incomplete) else parts:
        content = part.get("content") if isinstance(part, dict) else part
        contents += [content if isinstance(content, Unknown) else str(content or ""), "\n"]
    if isinstance(parts, Incomplete):
        contents.append(parts.unknown)
    known = all(isinstance(content, str) for content in contents)
    text = "".join(map(str, contents)) if known else PartialText(contents)
    return Encoded(text, "cloud-init parts are packed when Terraform plans", Cause.DATA_SOURCE)
