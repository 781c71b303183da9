"""Write the schemas of Terraform's providers that lie in ``tests/reference``, the same bytes for the same schemas.

FILE is what ``terraform providers schema -json`` writes where the release is installed; ``-`` is the standard input.

  aws FILE --release 6.25.0     the release that the tables of facts are written by
  oldest                        the oldest release that is supported, asked of terraform and the provider on this machine
  awscc                         adds the types that the tables read and the file lacks, from CloudFormation's schemas
  awscc FILE --release 1.96.1   all types that the tables read, from the provider itself

Exit codes: 0 written or in date, 2 something is missing, with what to do.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.facts.readings import is_awscc
from hipaa_guard.testing import all_controls
from tests.provider_schema import cloudformation
from tests.provider_schema.asking import MissingError, oldest
from tests.provider_schema.rows import Row, SchemaError, of_provider, packed, read, rows
from tests.schema import AWSCC, NEWEST, OLDEST, REFERENCE, title


def main(arguments: list[str] | None = None) -> int:
    """Write one of the files."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.provider_schema",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("which", choices=["aws", "oldest", "awscc"])
    parser.add_argument("file", nargs="?", metavar="FILE")
    parser.add_argument("--release", help="the release of the provider that FILE is of")
    options = parser.parse_args(arguments)
    if (options.file is None) != (options.release is None) or ((options.which == "oldest") and options.file):
        parser.error("FILE and --release go together, for aws and awscc")
    if options.which == "aws" and options.file is None:
        parser.error("aws needs FILE, the output of `terraform providers schema -json`, and --release")
    try:
        name, heading, found = _asked(options.which, options.file, options.release)
    except (SchemaError, MissingError, OSError, ValueError) as error:
        print(f"{options.which}: {error}", file=sys.stderr)
        return 2
    _write(name, packed(heading, found))
    return 0


def _asked(which: str, file: str | None, release: str | None) -> tuple[str, str, list[Row]]:
    """The file to write, its title and its rows."""
    if which == "oldest":
        version, schemas = oldest()
        return OLDEST, f"Terraform AWS provider {version}", rows(schemas)
    if which == "aws":
        schemas = of_provider(_document(str(file)), "hashicorp/aws")
        return NEWEST, f"Terraform AWS provider {release}", rows(schemas)
    if file is None:
        known = read(AWSCC)
        return AWSCC, title(AWSCC), with_types(known, lacking(known))
    schemas = of_provider(_document(file), "hashicorp/awscc")
    wanted = {row.type for row in read(AWSCC)} | types_read()
    found = rows({type_: told for type_, told in schemas.items() if type_ in wanted})
    return AWSCC, f"Terraform AWSCC provider {release}, the types that are read", found


def _document(file: str) -> Any:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    return json.loads(text)


def types_read() -> set[str]:
    """The types of the awscc provider that the tables name."""
    texts = {text for kind in kinds_of(all_controls().values()) for text in kind.terraform_types()}
    return {text for text in texts if is_awscc(text) and not text.endswith("_")}


def lacking(known: Iterable[Row]) -> list[str]:
    """The types that the tables name and of which there is no row, sorted.

    Raises:
        SchemaError: one is none of CloudFormation's.

    """
    wanted = sorted(types_read() - {row.type for row in known})
    unheard = [type_ for type_ in wanted if type_ not in cloudformation.types()]
    if unheard:
        raise SchemaError(
            f"CloudFormation has no type that awscc would call {', '.join(unheard)}: correct the name in services/, or give "
            "the provider's own schema as FILE"
        )
    return wanted


def with_types(known: Iterable[Row], types: Iterable[str]) -> list[Row]:
    """The rows, with those of further types by CloudFormation's schemas."""
    return sorted([*known, *(row for type_ in types for row in cloudformation.rows_of(type_))])


def _write(name: str, content: bytes) -> None:
    path = REFERENCE / name
    if path.exists() and gzip.decompress(path.read_bytes()) == gzip.decompress(content):
        print(f"tests/reference/{name} is in date")
        return
    path.write_bytes(content)
    print(f"wrote tests/reference/{name}")


if __name__ == "__main__":
    sys.exit(main())
