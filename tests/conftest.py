"""Set-up that all tests share."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

# moto takes it when it is imported, and would record in the working directory.
os.environ["MOTO_RECORDER_FILEPATH"] = str(Path(tempfile.gettempdir()) / f"moto-recording-{os.getpid()}")

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("hipaa_guard.testing")

# The same examples in every run: a search that finds something new must not stop an unrelated change.
# `pytest --hypothesis-profile=default` searches anew.
# How long one example takes says more of what else the machine does than of us.
settings.register_profile("fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fixed")


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Ledgers of scans are kept by the tests, not by whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
