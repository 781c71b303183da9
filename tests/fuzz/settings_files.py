"""Files of settings and registers of exceptions as nobody would write them, and the promises that hold for each."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import yaml

from hipaa_guard.cli.main import run
from tests.fuzz.checking import Broken
from tests.fuzz.damage import damaged_bytes, damaged_text

SETTINGS, REGISTER, PYPROJECT = ".hipaa-guard.yaml", ".hipaa-guard/exceptions.yaml", "pyproject.toml"
FILES = (SETTINGS, REGISTER, PYPROJECT)

_MEMORY = 2 * 1024**3
"""Address space that one case may take beyond what the process has."""

_KEYS = (
    *("fail-on", "output", "control", "skip-control", "max-unknown", "warn-only", "exceptions", "baseline", "policies"),
    *("path", "var-file", "var", "source", "evidence", "repository-root", "terraform", "aws", "regions", "files", "<<"),
    *("version", "id", "scope", "justification", "owner", "approver", "approved_on", "expires_on", "address", "tags"),
    *("settings-ref", "config", "fail-on-new", "fail-on-settings-change", "baseline-ref", "", "é", "\u202e", "=", "~"),
)
_TEXTS = (
    *("infra", "..", "../x", "/dev/zero", "/dev/stdin", "json=.git/config", "json=x", "terminal", "a\0b", "x" * 5000),
    *("\ud7ff", "\x1b[31m", "::error::x", "EX-1", "inline", "high", "2026-11-01", "2027-01-01", "0" * 400, "1e999"),
    *("~", "=", "null", "!!python/object:x.y", "s3_bucket_versioning_enabled", ".", "", " ", "*", "&a", "<<"),
)
_RAW = (
    "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "fail-on: &a [*a]\n",
    "? [a, b]\n: c\n",
    "? {a: b}\n: c\n",
    "fail-on: !!timestamp 2001-99-99\n",
    "fail-on: 9999-12-31T23:59:59-99:59\n",
    "max-unknown: 0x" + "f" * 5000 + "\n",
    "max-unknown: 190:20:30.15e400\n",
    "control: !!set {a, b}\n",
    "control: !!omap [a: 1]\n",
    "control: !!binary '%%%'\n",
    "--- a\n--- b\n",
    "%YAML 9.9\n---\na: b\n",
    "\ufeffquiet: true\n",
)


def bomb(levels: int, form: str = "[{0}, {0}]", key: str = "control") -> str:
    """A few lines that stand for two to the power of `levels` values."""
    lines = ["x0: &x0 [a, b]"] + [f"x{n}: &x{n} {form.format(f'*x{n - 1}')}" for n in range(1, levels)]
    return "\n".join([*lines, f"{key}: *x{levels - 1}", ""])


def merges(levels: int) -> str:
    """The same by keys that are merged."""
    lines = ["x0: &x0 {a: b}"] + [f"x{n}: &x{n} {{<<: [*x{n - 1}, *x{n - 1}]}}" for n in range(1, levels)]
    return "\n".join([*lines, ""])


def make(random: Random) -> tuple[str, bytes]:
    """A file of a project, and its content. The same numbers give the same."""
    name = random.choice(FILES)
    return name, _MAKERS[random.randrange(len(_MAKERS))](random, name)


def _structure(random: Random, name: str) -> bytes:
    del name
    return yaml.safe_dump(_value(random, 4), allow_unicode=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _value(random: Random, depth: int) -> Any:
    chance = random.random()
    if depth and chance < 0.5:
        return {random.choice(_KEYS): _value(random, depth - 1) for _ in range(random.randrange(5))}
    if depth and chance < 0.7:
        return [_value(random, depth - 1) for _ in range(random.randrange(4))]
    return random.choice([*_TEXTS, None, True, 0, -1, 10**30, 1.5, float("inf"), float("nan"), b"\xff"])


def _lines(random: Random, name: str) -> bytes:
    shown = [f"{random.choice(_KEYS)}: {random.choice(_TEXTS)}" for _ in range(random.randrange(6))]
    if name == PYPROJECT:
        shown = ["[tool.hipaa-guard]", *(line.replace(": ", " = ", 1) for line in shown)]
    return "\n".join(shown).encode("utf-8", "surrogatepass")


def _sound(random: Random, name: str) -> bytes:
    text = {
        SETTINGS: "fail-on: high\noutput: [json=out.json]\nterraform:\n  path: infra\n  var-file: x.tfvars\n",
        PYPROJECT: '[tool.hipaa-guard]\nfail-on = "high"\n[tool.hipaa-guard.terraform]\npath = "infra"\n',
        REGISTER: "version: 1\nexceptions:\n  - id: EX-1\n    control: s3_bucket_versioning_enabled\n"
        "    scope: {address: aws_s3_bucket.phi, root: infra}\n    justification: Objects are written only once.\n"
        "    owner: a\n    approver: b\n    approved_on: 2026-11-01\n    expires_on: 2027-03-01\n",
    }[name]
    return damaged_text(random, text).encode("utf-8", "replace")


def _damaged(random: Random, name: str) -> bytes:
    return damaged_bytes(random, _sound(random, name))


def _noise(random: Random, name: str) -> bytes:
    del name
    return random.randbytes(random.randrange(200))


def _rare(random: Random, name: str) -> bytes:
    del name
    text = random.choice([*_RAW, bomb(random.randrange(2, 60)), merges(random.randrange(2, 60)), "[" * 50_000])
    return text.encode()


_MAKERS: tuple[Callable[[Random, str], bytes], ...] = (_structure, _lines, _sound, _damaged, _noise, _rare)


def check(name: str, content: bytes, project: Path) -> None:
    """Scan a project with such a file in it, and lint its register; the working directory is the project.

    Raises:
        Broken: it ends in an error of ours, in a traceback, or takes memory without bound.

    """
    file = project / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    try:
        for arguments in (
            ["scan", "terraform", "infra", "-q", "-o", f"json={os.devnull}"],
            ["config", "show"],
            ["exceptions", "lint"],
        ):
            with _bounded():
                code = run(arguments)
            if code not in (0, 1, 2, 3):
                raise Broken(
                    f"{name}: {' '.join(arguments[:2])} ends with a sentence", f"exit code {code}\n{content!r}"
                )
    finally:
        file.unlink()


@contextmanager
def _bounded() -> Iterator[None]:
    """Let the process take so much more memory, and no more."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    with Path("/proc/self/statm").open() as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + _MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
