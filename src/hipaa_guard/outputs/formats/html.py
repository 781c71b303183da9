"""The auditor's report: one HTML file that is complete without a script and loads nothing.

The page may use exactly one script and one style sheet; its content security policy names both by their hash. All text
is made safe twice: characters that act on a reader become codes, and the templates escape markup by default.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.outputs.json.writing import digest
from hipaa_guard.outputs.report import explorer
from hipaa_guard.outputs.report.view import view
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import in_xml, visible
from hipaa_guard.outputs.wording.page import Page

if TYPE_CHECKING:
    from jinja2 import Environment


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The assessment as a self-contained HTML document. Equal assessments give equal text."""
    del page  # the document is the same wherever it goes
    from markupsafe import Markup

    style, script = _part("report.css"), _part("report.js")
    context = {
        "view": view(assessment, digest(assessment)),
        "scan": assessment.scan,
        "coverage": assessment.coverage,
        "law": assessment.law,
        "data": explorer.packed(assessment),
        "policy": _policy(style, script),
        # Only these two files of our own reach the page unescaped.
        "style": Markup(style),  # noqa: S704
        "script": Markup(script),  # noqa: S704
    }
    return _environment().get_template("report.html.j2").render(context)


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_part),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.filters["moment"] = phrases.moment
    environment.globals["status_words"] = {status.value: text for status, text in phrases.STATUS.items()}
    return environment


def _shown(value: Any) -> Any:
    """A value as a template prints it: nothing in it acts on a reader or in a log; line ends stay for code."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        from markupsafe import Markup, escape

        return Markup(in_xml(str(escape("\n".join(map(visible, value.split("\n")))))))  # noqa: S704 - escaped here
    return value


def _part(name: str) -> str:
    return (files("hipaa_guard.reports") / name).read_text(encoding="utf-8")
