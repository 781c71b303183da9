"""The command line and the environment of each scanner: it reads no configuration of the tree and downloads nothing.

Checkov looks for its configuration beside a directory that is given as ``-d DIR`` or ``--directory DIR``, in the
working directory and in the home directory; given as ``--directory=DIR`` it does not see the directory. Trivy looks in
the working directory. Both get an empty working directory and an empty home.

Where a tool has no option against a download (Trivy and modules from a registry), the environment leaves it no way to
the network: its proxy is a port of this machine where nobody answers, and git may use no protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.peers.asked import Asked, Subject
from hipaa_guard.peers.programs import PeerFailedError, Program, clean_path, inside


class Workplace(NamedTuple):
    """The temporary directories of one run, all empty at its start."""

    top: Path

    @property
    def here(self) -> Path:
        """The working directory."""
        return self.top / "here"

    @property
    def home(self) -> Path:
        return self.top / "home"

    @property
    def temporary(self) -> Path:
        return self.top / "tmp"

    @property
    def out(self) -> Path:
        """The directory of its output."""
        return self.top / "out"

    @property
    def nothing(self) -> Path:
        """An empty file, which stands for a configuration."""
        return self.top / "nothing.yaml"

    def made(self) -> Workplace:
        """The same, with its directories and its empty file."""
        for each in (self.here, self.home, self.temporary, self.out):
            each.mkdir()
        self.nothing.touch()
        return self


class Run(NamedTuple):
    """How a scanner is started."""

    command: list[str]
    environment: dict[str, str]
    here: Path
    """The working directory."""
    results: str
    """A pattern for the file of its results in the directory of its output."""


STDOUT = "stdout"
"""The file, in the directory of the output, that holds what a scanner prints."""

_KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "TZ")
_KEPT_FOR_AWS = (
    *("HOME", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)
"""Variables by which the AWS SDK finds credentials and the network; those that begin with ``AWS_`` are kept as well."""

_NOBODY = "http://127.0.0.1:9"
"""The port of the discard service, which no machine runs today."""

_NO_NETWORK = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), _NOBODY),
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true",
    "TRIVY_SKIP_VERSION_CHECK": "true",
    "TRIVY_DISABLE_TELEMETRY": "true",
}


def run_of(program: Program, asked: Asked, place: Workplace, environ: Mapping[str, str]) -> Run:
    """The run of a scanner. ``environ`` is our own environment, of which little is kept.

    Raises:
        PeerFailedError: the tree would configure it and is not trusted to.

    """
    configuration = asked.configuration(program.peer)
    if configuration is not None and not asked.trust:
        raise PeerFailedError(
            f"was not run: {asked.shown(configuration)} would configure it. {program.peer.effect}",
            "Read the file. If you trust it, give --trust-peer-config; else take it out of the tree.",
        )
    here = place.here if configuration is None else configuration.parent
    words, results = _COMMANDS[program.peer.name](asked.subject, place, here, asked.timeout)
    return Run([str(program.path), *words], _environment(program, asked, place, environ), here, results)


def _environment(program: Program, asked: Asked, place: Workplace, environ: Mapping[str, str]) -> dict[str, str]:
    live = program.peer.source == "aws"
    kept = (*_KEPT, *_KEPT_FOR_AWS) if live else _KEPT
    return {
        "HOME": str(place.home),
        **{name: value for name, value in environ.items() if name in kept or (live and name.startswith("AWS_"))},
        **({} if live else _NO_NETWORK),
        **_packages_of_user(asked, environ),
        "PATH": clean_path(environ.get("PATH", ""), asked.trees),
        "TMPDIR": str(place.temporary),
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
    }


def _packages_of_user(asked: Asked, environ: Mapping[str, str]) -> dict[str, str]:
    """Where Python looks for the packages of ``pip install --user``, which it would look for in the home directory."""
    base = environ.get("PYTHONUSERBASE") or str(Path(environ.get("HOME") or "/nowhere", ".local"))
    usable = Path(base).is_absolute() and Path(base, "lib").is_dir() and not inside(Path(base), asked.trees)
    return {"PYTHONUSERBASE": base} if usable else {}


Command = Callable[[Subject, Workplace, Path, float], tuple[list[str], str]]


def _checkov(subject: Subject, place: Workplace, here: Path, _: float) -> tuple[list[str], str]:
    path = _absolute(subject)
    if path.is_dir():
        # As two words only where the tree is trusted: see above.
        where = [f"--directory={path}"] if here == place.here else ["--directory", str(path)]
    else:
        where = [f"--file={path}"]
    enriched = [f"--repo-root-for-plan-enrichment={subject.source.resolve()}"] if subject.source is not None else []
    return [
        *where,
        f"--framework={'terraform' if _is_source(path) else 'terraform_plan'}",
        *enriched,
        *(f"--var-file={file.resolve()}" for file in subject.var_files),
        *("--skip-download", "--download-external-modules=false", "--skip-results-upload"),
        *("--soft-fail", "--output=json"),
    ], STDOUT


def _trivy(subject: Subject, place: Workplace, here: Path, timeout: float) -> tuple[list[str], str]:
    path = _absolute(subject)
    nothing = ["--config", str(place.nothing), "--ignorefile", str(place.nothing)] if here == place.here else []
    return [
        "config",
        *nothing,
        *("--format", "json", "--quiet", "--exit-code", "0", "--include-non-failures"),
        *("--skip-check-update", "--cache-dir", str(place.temporary / "cache"), "--timeout", f"{timeout:g}s"),
        *("--misconfig-scanners", "terraform" if _is_source(path) else "terraformplan-json"),
        *(word for file in subject.var_files for word in ("--tf-vars", str(file.resolve()))),
        str(path),
    ], STDOUT


def _prowler(subject: Subject, place: Workplace, _: Path, __: float) -> tuple[list[str], str]:
    given = {"--profile": subject.profile, "--role": subject.role_arn, "--external-id": subject.external_id}
    return [
        "aws",
        *("--output-formats", "json-ocsf", "--output-directory", str(place.out), "--output-filename", "results"),
        *("--no-banner", "--ignore-exit-code-3"),
        *(word for option, value in given.items() if value is not None for word in (option, value)),
        *(("--region", *subject.regions) if subject.regions else ()),
    ], "*.ocsf.json"


_COMMANDS: Mapping[str, Command] = {"checkov": _checkov, "trivy": _trivy, "prowler": _prowler}


def _absolute(subject: Subject) -> Path:
    path = subject.path
    if path is None or not (path.is_dir() or path.is_file()):
        raise PeerFailedError(
            f"was not run: {path} is neither a directory nor a file, and a pipe can be read once only",
            "Write the plan to a file, and scan that.",
        )
    return path.resolve()


def _is_source(path: Path) -> bool:
    """Whether it is source, and not a plan."""
    return path.is_dir() or path.name.endswith((".tf", ".tf.json", ".tofu"))
