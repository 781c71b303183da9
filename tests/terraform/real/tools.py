"""Terraform and the AWS provider, as far as they are on this machine, without internet."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PROVIDER = "registry.terraform.io/hashicorp/aws"
PLUGINS = "HIPAA_GUARD_TF_PLUGINS"
"""The environment variable that names a directory of plugins, laid out as ``terraform providers mirror`` does."""

_USUAL = (
    "~/.terraform.d/plugins",
    "~/.local/share/terraform/plugins",
    "~/.terraform.d/plugin-cache",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt/*",
)
OVERRIDE = "zz_real_override.tf"
"""Terraform merges files that end with ``_override.tf`` into the configuration, the last by name."""

PATIENCE = 150.0
"""Seconds after which applying is stopped: the provider waits long for what moto will never say."""

_PROVIDER_BLOCK = """
provider "aws" {
  access_key                  = "simulated"
  secret_key                  = "simulated"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = %(skip_account)s
  s3_use_path_style           = true
  max_retries                 = 1
  %(endpoints)s
}
"""
_VERSION_BLOCK = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "%s"
    }
  }
}
"""


_NOT_STARTED = "timeout while waiting for plugin to start"
_STARTS = 3


@dataclass(frozen=True, slots=True)
class Tools:
    """The program, and the directory of plugins that holds the provider."""

    terraform: Path
    plugins: Path
    version: str
    """Of the provider."""


@cache
def tools() -> Tools | None:
    """What is on this machine; nothing where either of the two is missing."""
    program = shutil.which("terraform")
    if program is None:
        return None
    for place in _places():
        for found in sorted(place.glob(f"{PROVIDER}/*/*/terraform-provider-aws*"), reverse=True):
            if found.parent.name == _machine():
                return Tools(Path(program), place, found.parents[1].name)
    return None


def _places() -> Iterator[Path]:
    for name in (PLUGINS, "TF_PLUGIN_CACHE_DIR"):
        if os.environ.get(name):
            yield Path(os.environ[name])
    for pattern in _USUAL:
        path = Path(pattern).expanduser()
        yield from sorted(path.parent.glob(path.name))


def _machine() -> str:
    cpu = platform.machine().lower()
    return f"{platform.system().lower()}_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(cpu, cpu) }"


class TerraformError(Exception):
    """Terraform refuses a configuration. ``diagnostics`` are its errors as it writes them in JSON."""

    def __init__(self, step: str, diagnostics: list[dict[str, Any]]) -> None:
        told = "; ".join(in_words(one) for one in diagnostics[:5]) or "without a reason"
        super().__init__(f"terraform {step}: {told}")
        self.step = step
        self.diagnostics = diagnostics


def in_words(diagnostic: Mapping[str, Any]) -> str:
    """One error in one line: what, where, why."""
    place = diagnostic.get("range", {})
    where = f"{place['filename']}:{place['start']['line']}: " if place else f"{diagnostic.get('address', '')} "
    text = f"{diagnostic.get('summary', '')}: {diagnostic.get('detail', '')}"
    return where.lstrip() + " ".join(text.split())


@dataclass(slots=True)
class Root:
    """A root module in a directory of its own, with an override that sends the provider to a simulated AWS, or nowhere.

    ``variables`` are the values of root variables; the provider's address is taken from ``endpoint``.
    """

    directory: Path
    tools: Tools
    endpoint: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)

    def write_override(self) -> None:
        """What only this harness needs; nothing of it stands in the configuration."""
        endpoints = ""
        if self.endpoint:
            # Account operations of S3 put the account before the host's name, which an address cannot have.
            endpoints = f'endpoints {{\n s3control = "{self.endpoint.replace("127.0.0.1", "localhost")}"\n }}'
        told = {"skip_account": "false" if self.endpoint else "true", "endpoints": endpoints}
        text = _PROVIDER_BLOCK % told + _VERSION_BLOCK % self.tools.version
        (self.directory / OVERRIDE).write_text(text, encoding="utf-8")

    def init(self) -> None:
        """Install the provider and the modules.

        Raises:
            TerraformError: there is a mistake that Terraform finds this early.

        """
        self.write_override()
        self._json("init", "-input=false", f"-plugin-dir={self.tools.plugins}", "-backend=false")

    def validate(self) -> list[dict[str, Any]]:
        """The errors that Terraform and the provider find without asking anybody."""
        told = json.loads(self._run("validate", "-json").stdout)
        return [one for one in told["diagnostics"] if one["severity"] == "error"]

    def plan(self, *, refresh: bool = True) -> dict[str, Any]:
        """Make a plan, and tell it as `planned` does."""
        self.make_plan(refresh=refresh)
        return self.planned()

    def make_plan(self, *, refresh: bool = True) -> list[str]:
        """Make a plan, which is kept for `planned` and `apply`; the addresses that it changes.

        Without ``refresh`` nobody is asked whether the state is still true.

        Raises:
            TerraformError: there is none.

        """
        (self.directory / "real.auto.tfvars.json").write_text(json.dumps(dict(self.variables)), encoding="utf-8")
        settings = ("-input=false", "-out=real.tfplan", "-parallelism=20", f"-refresh={str(refresh).lower()}")
        said = map(json.loads, self._json("plan", *settings).splitlines())
        return [one["change"]["resource"]["addr"] for one in said if one["type"] == "planned_change"]

    def planned(self) -> dict[str, Any]:
        """The plan that was made last, as ``terraform show -json`` writes it."""
        return self._shown("real.tfplan")

    def apply(self) -> list[dict[str, Any]]:
        """Make what was planned; the errors of what could not be made, or not in time."""
        try:
            self._json("apply", "-input=false", "-parallelism=20", "real.tfplan", patience=PATIENCE)
        except TerraformError as error:
            return error.diagnostics
        return []

    def state(self) -> dict[str, Any]:
        """The state as ``terraform show -json`` writes it."""
        return self._shown()

    def raw_state(self) -> dict[str, Any]:
        """The state file."""
        found: dict[str, Any] = json.loads((self.directory / "terraform.tfstate").read_text(encoding="utf-8"))
        return found

    def schema(self) -> dict[str, Any]:
        """The provider's schema of resources and data sources."""
        whole = json.loads(self._run("providers", "schema", "-json").stdout)
        found: dict[str, Any] = whole["provider_schemas"][PROVIDER]
        return found

    def _shown(self, *what: str) -> dict[str, Any]:
        done = self._run("show", "-json", *what)
        if done.returncode:
            raise TerraformError("show", [{"summary": done.stderr}])
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def _json(self, step: str, *arguments: str, patience: float | None = None) -> str:
        done = self._run(step, "-json", *arguments, patience=patience)
        if done.returncode:
            raise TerraformError(step, list(_errors(done.stdout)) or [{"summary": done.stderr or done.stdout}])
        return done.stdout

    def _run(self, *arguments: str, patience: float | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command; again, where a busy machine did not start the provider in the minute that Terraform waits."""
        for _ in range(_STARTS):
            done = self._once(*arguments, patience=patience)
            if _NOT_STARTED not in done.stdout + done.stderr:
                break
        return done

    def _once(self, *arguments: str, patience: float | None = None) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        own = {
            "TF_CLI_CONFIG_FILE": str(_no_settings()),
            "CHECKPOINT_DISABLE": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
            # Terraform and its provider live for seconds: collecting garbage less often saves a quarter of their work.
            "GOGC": "400",
        }
        own |= {"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        own |= {"AWS_ENDPOINT_URL": self.endpoint} if self.endpoint else {}
        command = [str(self.tools.terraform), *arguments]
        # A session of its own, so that an interrupt reaches Terraform alone and it can still write its state.
        with subprocess.Popen(
            command,
            cwd=self.directory,
            env={**kept, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        ) as running:
            try:
                out, err = running.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGINT)
                out, err = running.communicate()
            return subprocess.CompletedProcess(command, running.returncode, out, err)


@cache
def _no_settings() -> Path:
    """A file of settings of Terraform's that is empty: what somebody has in theirs changes nothing here."""
    path = Path(tempfile.gettempdir()) / f"no-terraform-settings-{os.getpid()}"
    path.write_text("", encoding="utf-8")
    return path


def _errors(output: str) -> Iterator[dict[str, Any]]:
    """The errors among the lines that Terraform writes with ``-json``."""
    for line in output.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue
        diagnostic = message.get("diagnostic") if isinstance(message, dict) else None
        if diagnostic and diagnostic["severity"] == "error":
            yield diagnostic
