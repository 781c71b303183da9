"""Write the files that follow from the tables: ``python -m docs.generate``; ``--check`` only compares.

These are the generated pages of docs/, the list of ids, and the catalogue of controls and the law data that scans read.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from docs.by_service import FOLDER, MADE, controls_page, facts_page, rule_page, service_pages
from hipaa_guard.cli.manual_page import manual_page, verbs
from hipaa_guard.controls.cataloguing import catalogue_of
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.loading import load
from hipaa_guard.law import PARSED, YAML_FILES, checksum, parsed, text_of

ROOT = Path(__file__).parents[1]
IDS = "tests/reference/control_ids.txt"


class VanishedError(Exception):
    """An id that was published is no more."""


_ENDINGS = """
## Exit codes and streams

| code | meaning |
|---|---|
| 0 | clean |
| 1 | gaps found |
| 2 | usage or configuration; an output that cannot be written |
| 3 | incomplete: a part was not looked at, a policy of your own is broken, or nothing was judged |
| 4 | an error of hipaa-guard |
| 130, 143, 129 | stopped by Ctrl-C (SIGINT), SIGTERM, SIGHUP |
| 141 | the reader of the standard output has gone |

Of several reasons for 0 to 4, 4 goes before 2, 2 before 1, and 1 before 3.

- Results go to the standard output, all else to the standard error. Where the standard output is closed or full, a verb
  that prints on it ends with exit code 2 and one sentence. Where it is a pipe whose reader has gone (`| head -1`), the
  verb ends without a sentence and with exit code 141. It is never 0, so that no gate passes under `pipefail`. Files
  that `-o FORMAT=FILE` names are written first.
- A standard error that is closed or full changes no verdict and no exit code.
- A file is written whole or not at all. Where it cannot be written, the text names it, the former file stays as it
  was, and the exit code is 2.
- A verb that is stopped removes its temporary files and the tree that it took from git, and ends the git process that
  it started. A scan of an account keeps its ledger for `--resume`, if it has an answer. After the first signal only
  Ctrl-C breaks off this clean-up. A signal that was ignored when the verb began (`nohup`) stays ignored. After SIGKILL
  the temporary files stay.
"""


def cli_page() -> str:
    """The help texts of all verbs."""
    from hipaa_guard.cli.main import cli

    lines = [f"# Command line\n\n{MADE}{_ENDINGS}"]
    for words, command in verbs(("hipaa-guard",), cli):
        context = click.Context(command, info_name=" ".join(words), max_content_width=100)
        context.terminal_width = 100
        lines.append(f"## {' '.join(words)}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(lines)


def settings_schema() -> str:
    """The JSON Schema of the project's settings, for editors."""
    from hipaa_guard.cli import scan as _  # noqa: F401 - the scans define the settings
    from hipaa_guard.cli.configuration import settings

    return json.dumps(settings.schema(), indent=2) + "\n"


def law_as_json() -> str:
    """The law data that scans need, with a checksum of each file."""
    texts = {name: text_of(name) for name in YAML_FILES}
    told = {name: {"checksum": checksum(text), "document": parsed(text)} for name, text in texts.items()}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def ids(controls: list[Control], written: str) -> str:
    """All ids that controls have and had, one a line, given those that were published.

    Raises:
        VanishedError: a published one is missing.

    """
    current = {control.id for control in controls} | {id for control in controls for id in control.previous_ids}
    missing = sorted(set(written.split()) - current)
    if missing:
        raise VanishedError(
            f"{', '.join(missing)}: published in {IDS}, and no control has it. Ids are permanent: "
            "name it in previous_ids= of the control that took its place"
        )
    return "".join(f"{id}\n" for id in sorted(current))


def readme(text: str, controls: list[Control]) -> str:
    """The README with the number of controls that its example of a scan shows."""
    return re.sub(r"(?<= files; )\d+(?= controls\.$)", str(len(controls)), text, flags=re.MULTILINE)


def generated() -> dict[str, str]:
    """The text of each generated file by its path from the top.

    Raises:
        VanishedError: an id that was published is missing.

    """
    controls = load()
    pages = {
        "controls.md": controls_page(controls),
        "security-rule.md": rule_page(controls),
        "facts.md": facts_page(controls),
        **service_pages(controls),
        "command-line.md": cli_page(),
        "hipaa-guard.schema.json": settings_schema(),
        "hipaa-guard.1": manual_page(),
    }
    written = (ROOT / IDS).read_text(encoding="utf-8")
    front = readme((ROOT / "README.md").read_text(encoding="utf-8"), controls)
    return {
        IDS: ids(controls, written),
        "README.md": front,
        "src/hipaa_guard/controls/catalogue.json": catalogue_of(controls),
        f"policies/law/{PARSED}": law_as_json(),
        **{f"docs/{name}": text for name, text in pages.items()},
    }


def differences(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The files that are not in date, missing or of services that are no more: path -> what differs."""
    found = {}
    folder = root / "docs" / FOLDER
    existing = {path.relative_to(root).as_posix() for path in folder.glob("*")} if folder.is_dir() else set()
    for name in sorted({*files, *existing}):
        path, text = root / name, files.get(name, "")
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before != text or name not in files:
            lines = difflib.unified_diff(before.splitlines(), text.splitlines(), name, "now", lineterm="")
            found[name] = "\n".join(list(lines)[:20])
    return found


def write(root: Path, files: Mapping[str, str], stale: Iterable[str]) -> None:
    """Write the files that are not in date, and remove those that nothing generates."""
    for name in stale:
        path = root / name
        if name in files:
            path.parent.mkdir(exist_ok=True)
            path.write_text(files[name], encoding="utf-8")
        else:
            path.unlink()
        click.echo(f"{'wrote' if name in files else 'removed'} {name}")


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` say which are out of date."""
    try:
        files = generated()
    except VanishedError as error:
        click.echo(str(error), err=True)
        return 1
    stale = differences(ROOT, files)
    if "--check" not in arguments:
        write(ROOT, files, stale)
    elif stale:
        click.echo("\n".join(stale.values()))
        click.echo(f"{len(stale)} generated files are out of date: run `make docs` and commit them", err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
