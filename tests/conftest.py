"""Set-up that all tests share."""

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.cases")

# The same examples in every run: a search that finds something new must not stop an unrelated change.
# `pytest --hypothesis-profile=default` searches anew.
settings.register_profile("fixed", derandomize=True)
settings.load_profile("fixed")
