"""Set-up that all tests share."""

import functools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# moto takes it when it is imported, and would record in the working directory.
os.environ["MOTO_RECORDER_FILEPATH"] = str(Path(tempfile.gettempdir()) / f"moto-recording-{os.getpid()}")

import botocore
import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("hipaa_guard.testing")

# The same examples in every run: a search that finds something new must not stop an unrelated change.
# `pytest --hypothesis-profile=default` searches anew.
# How long one example takes says more of what else the machine does than of us.
settings.register_profile("fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fixed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--fast`` is for the inner loop: see `make test-fast`."""
    parser.addoption(
        "--fast", action="store_true", help="One case for each control and side, and none that is derived."
    )


# Files that take ten seconds and more, most of it in other programs. They come first, so that no process waits for
# another that has just begun with one of them.
LONG = [
    *("test_hostile_scans.py", "test_streams.py", "test_in_place.py", "test_real_tools.py", "test_interrupted.py"),
    *("test_skeleton.py", "test_live_comparison.py", "test_action.py", "test_extraction.py", "test_live_estate.py"),
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the files, and with ``--fast`` keep the first case of each control for each side, and every test that is of
    no table.
    """
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
    if not config.getoption("--fast"):
        return
    seen: set[tuple[str, str]] = set()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (kept if _is_first(item, seen) else left_out).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def _is_first(item: pytest.Item, seen: set[tuple[str, str]]) -> bool:
    told = getattr(getattr(item, "callspec", None), "params", {})
    if "twin" in told or item.path.name == "test_derived_unknown.py":
        return False
    if "case" not in told or "side" not in told:
        return True
    key = (told["case"].control, told["side"])
    is_first = key not in seen
    seen.add(key)
    return is_first


@pytest.fixture(autouse=True, scope="session")
def _service_models() -> Iterator[None]:
    """The service models that ship with botocore are parsed once in all: each session parses them anew otherwise, which
    is half of what a scan of a simulated account takes.
    """
    shipped = str(Path(botocore.__file__).parent / "data")
    load = JSONFileLoader.load_file
    once = functools.cache(functools.partial(load, JSONFileLoader()))

    def load_file(loader: JSONFileLoader, file_path: str) -> Any:
        return _apart(once(file_path)) if file_path.startswith(shipped) else load(loader, file_path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", load_file)
        yield


def _apart(data: Any) -> Any:
    """Data of botocore in which no session changes the operations of another: at the first call of an operation of S3,
    its client takes the bucket out of the address that the operation's model has (`botocore.handlers`).
    """
    operations = data.get("operations") if isinstance(data, dict) else None
    if not isinstance(operations, dict):
        return data
    return data | {
        "operations": {
            name: {key: {**value} if isinstance(value, dict) else value for key, value in operation.items()}
            for name, operation in operations.items()
        }
    }


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Ledgers of scans are kept by the tests, not by whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
