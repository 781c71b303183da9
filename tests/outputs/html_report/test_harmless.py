"""The auditor's report loads nothing, and nothing scanned acts in it."""

from __future__ import annotations

import base64
import hashlib
import re

from tests.outputs.html_report.elements import Tree

LOADING = {"src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "manifest"}


def test_loads_nothing(tree: Tree) -> None:
    for tag, attributes in tree.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
        assert not LOADING & attributes.keys(), tag
        assert all(value.startswith("#") for name, value in attributes.items() if name in {"href", "xlink:href"})
        assert not any(name.startswith("on") for name in attributes), "no inline handler"
        assert "style" not in attributes, "the policy would block it"
    style = "".join(tree.blocks["style"])
    assert "@import" not in style
    assert "url(" not in style


def test_the_policy_names_exactly_our_script_and_style(tree: Tree) -> None:
    policy = next(
        attributes["content"]
        for tag, attributes in tree.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    _data, script = tree.blocks["script"]
    (style,) = tree.blocks["style"]

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest(style)}'",
        f"script-src 'sha256-{digest(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_hostile_text_is_shown_and_does_nothing(html: str, tree: Tree, words: str) -> None:
    assert [tag for tag, _ in tree.elements].count("script") == 2
    assert "img" not in [tag for tag, _ in tree.elements]
    assert "<img src=x onerror=alert(1)>" in words
    assert "</script><script>alert(1)</script>" in words
    assert "{{ 7*7 }} {% raw %}" in words
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", html)
    assert r"safe\u202egnp.exe" in words
    html.encode("utf-8")
