"""The table of texts with and without credentials."""

from __future__ import annotations

import pytest

from hipaa_guard.facts.credentials import credentials_in, credentials_in_base64, credentials_in_variables
from tests.facts.credential_texts import LOGINS, TOKENS
from tests.facts.harmless_texts import HARMLESS, HARMLESS_SCRIPTS


@pytest.mark.parametrize(("text", "kind"), TOKENS, ids=lambda value: value[:40])
def test_a_token_is_known_by_its_form(text: str, kind: str) -> None:
    assert credentials_in_variables({"SETTING": text}) == [f"{kind} in SETTING"]
    assert credentials_in(f'#!/bin/sh\ncall --with "{text}"\n') == [kind]


@pytest.mark.parametrize("text", [text for text, _ in TOKENS], ids=lambda value: value[:40])
def test_the_start_of_a_token_alone_is_none(text: str) -> None:
    assert credentials_in(text[:12]) == []


@pytest.mark.parametrize("text", [text for text, _ in TOKENS if text.isalnum()], ids=lambda value: value[:40])
def test_a_part_of_a_longer_word_is_none(text: str) -> None:
    assert credentials_in(f"x{text}x") == []


@pytest.mark.parametrize(("text", "kind"), LOGINS)
def test_a_text_carries_a_login(text: str, kind: str) -> None:
    assert credentials_in_variables({"SETTING": text}) == [f"{kind} in SETTING"]
    assert credentials_in_base64(text) == [kind]


@pytest.mark.parametrize(("name", "value"), HARMLESS)
def test_a_variable_holds_no_secret(name: str, value: str) -> None:
    assert credentials_in_variables({name: value}) == []


@pytest.mark.parametrize("text", HARMLESS_SCRIPTS)
def test_a_script_holds_no_secret(text: str) -> None:
    assert credentials_in(text) == []
    assert credentials_in_base64(text) == []


def test_no_credential_is_named_by_its_value() -> None:
    for text, _ in (*TOKENS, *LOGINS):
        for told in credentials_in(text):
            assert text not in told
            assert "S3cret" not in told
