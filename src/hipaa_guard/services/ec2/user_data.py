"""User data that is declared as text, or as base64."""

from __future__ import annotations

import re

from hipaa_guard.facts.credentials import credentials_in_base64
from hipaa_guard.facts.lists import joined
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Cause, Unknown, Value


def declared(view: View) -> Value:
    """The names of credentials in the user data that a resource declares."""
    text = view.get("user_data")
    if isinstance(text, str) and re.fullmatch(r"[0-9a-f]{40}", text):
        return Unknown("only a hash of the user data is recorded", Cause.NOT_COLLECTED)
    # The provider takes text that is base64 already as it is.
    return joined(credentials_in_base64(text), credentials_in_base64(view.get("user_data_base64")))


def is_declared(view: View) -> Value:
    """Whether a resource declares user data of its own, which then replaces that of its launch template."""
    given = (view.get("user_data"), view.get("user_data_base64"))
    if any(value.is_set if isinstance(value, Unknown) else bool(value) for value in given):
        return True
    return next((value for value in given if isinstance(value, Unknown)), False)
