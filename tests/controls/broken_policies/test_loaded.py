"""How policy files are loaded, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.authoring import DeclarationError, Verdict, control, passed
from hipaa_guard.controls.loading import load, load_all
from hipaa_guard.controls.policy_files import PolicyFileError
from tests.controls.broken import GOOD, HEAD, declared


def test_every_fault_of_a_declaration_is_told_at_once() -> None:
    with pytest.raises(DeclarationError) as caught:

        @control(title="", severity="hihg", hipaa=("164.999",), why="", fix=None)  # type: ignore[arg-type]
        def own_thing(thing: int) -> Verdict:
            return passed(f"is {thing}")

    assert len(caught.value.faults) == 6
    assert isinstance(caught.value, TypeError)


def test_a_wrong_declaration_of_ours_is_loud(here: Path) -> None:
    # The shipped policies are imported as any module, where the decorator raises.
    row = declared("", "", severity='"hihg"')
    row.write(here / "policies")
    with pytest.raises(DeclarationError, match="did you mean HIGH"):
        exec((here / "policies" / "mine.py").read_text(), {"__name__": "hipaa_guard.policies.mine"})


def test_policies_that_are_named_twice_are_loaded_once(here: Path) -> None:
    (here / "policies" / "more").mkdir(parents=True)
    (here / "policies" / "more" / "mine.py").write_text(HEAD + GOOD.format(id="own_more"))
    loaded = load_all([here / "policies", Path("policies"), here / "policies" / "more"])
    assert not loaded.broken
    assert "own_more" in {each.id for each in loaded.controls}


def test_controls_are_found_wherever_their_names_end_up(here: Path) -> None:
    (here / "policies").mkdir()
    text = GOOD.format(id="own_wrapped").replace("@control", "@(lambda made: [made])\n@control")
    listed = GOOD.format(id="own_listed") + "\nSOME = {'a': own_listed}\ndel own_listed\n"
    (here / "policies" / "mine.py").write_text(HEAD + text + listed)
    assert {"own_wrapped", "own_listed"} <= {each.id for each in load([here / "policies"])}


def test_a_policy_file_is_run_as_python_runs_it(here: Path) -> None:
    (here / "policies").mkdir()
    text = '"""What it is for."""\nfrom __future__ import annotations\n' + HEAD
    text += 'x: int = 5\n"no docstring"\nassert __doc__ == "What it is for." and __annotations__ == {"x": "int"}\n'
    text += 'assert __file__.endswith("mine.py") and __name__ == "hipaa_guard_own_policies.mine"\n'
    (here / "policies" / "mine.py").write_text(text + GOOD.format(id="own_future"))
    assert "own_future" in {each.id for each in load([here / "policies"])}
    assert not (here / "policies" / "__pycache__").exists()


def test_the_error_of_a_file_is_an_import_error() -> None:
    assert issubclass(PolicyFileError, ImportError)
