"""The requirement by which pip installs this very hipaa-guard elsewhere, by the record of its installation."""

from __future__ import annotations

import json
import os
import re
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

DISTRIBUTION = "hipaa-guard-cloud"
_PLACEHOLDER = f"{DISTRIBUTION} @ git+https://HOST.invalid/OWNER/hipaa-guard@COMMIT"
"""No network has a host below ``.invalid`` (RFC 2606), so that the text as it stands installs nothing."""
_SCP = re.compile(r"(?:([\w.-]+)@)?([\w.-]+):(?!/)([^:]+)")
"""The short form of an SSH address that git takes: USER@HOST:PATH."""


class Requirement(NamedTuple):
    """What pip installs in a pipeline."""

    text: str
    missing: str = ""
    """Why the text is only a placeholder, as a sentence; empty where it is none."""

    @property
    def needs_key(self) -> bool:
        """Whether pip takes it over SSH, for which a pipeline needs a key."""
        return "git+ssh://" in self.text


def installed_requirement() -> Requirement:
    """The requirement for the version that runs, from the place that it was installed from, else a placeholder."""
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return _unknown("This hipaa-guard runs without being installed.")
    if distribution.read_text("RECORD") is None:  # a directory of setuptools in a source tree, not an installation
        return _unknown("No record says where this hipaa-guard was installed from.")
    record = distribution.read_text("direct_url.json")  # PEP 610: absent if it is from an index
    if record is None:
        return Requirement(f"{DISTRIBUTION}=={distribution.version}")
    try:
        return _direct(json.loads(record))
    except (ValueError, LookupError, TypeError, AttributeError):
        return _unknown("The record of where this hipaa-guard was installed from (direct_url.json) cannot be read.")


def _unknown(reason: str) -> Requirement:
    return Requirement(_PLACEHOLDER, reason)


def _direct(origin: dict[str, Any]) -> Requirement:
    """The requirement for an installation that names its place (PEP 610)."""
    url, inside = origin["url"], origin.get("subdirectory", "")
    if "vcs_info" in origin:
        system, commit = origin["vcs_info"]["vcs"], origin["vcs_info"]["commit_id"]
        if urlsplit(url).scheme not in ("https", "ssh"):
            return _unknown("This hipaa-guard was installed from a repository that a pipeline cannot reach.")
        return _commit(system, url, commit, inside)
    if "dir_info" in origin:
        return _of_clone(Path(unquote(urlsplit(url).path)))
    if not url.startswith("https://"):
        return _unknown("This hipaa-guard was installed from a file that a pipeline does not have.")
    hashes = origin.get("archive_info", {}).get("hashes", {})
    held = f"#sha256={hashes['sha256']}" if "sha256" in hashes else ""
    return Requirement(f"{DISTRIBUTION} @ {url}{held}")


def _commit(system: str, url: str, commit: str, inside: str) -> Requirement:
    return Requirement(f"{DISTRIBUTION} @ {system}+{url}@{commit}" + (f"#subdirectory={inside}" if inside else ""))


def _of_clone(directory: Path) -> Requirement:
    """The requirement for an installation from a directory: its commit, if the repository that it was cloned from has
    that commit and the directory has no other changes.
    """
    from hipaa_guard.terraform.repository.git import GitError

    from_directory = "This hipaa-guard was installed from a directory, which a pipeline does not have"
    try:
        commit = _asked(directory, "rev-parse", "--verify", "HEAD")
        inside = _asked(directory, "rev-parse", "--show-prefix").rstrip("/")
        changed = _asked(directory, "status", "--porcelain", "--untracked-files=no")
        known = _asked(directory, "for-each-ref", "--count=1", f"--contains={commit}", "refs/remotes/origin")
        url = _reachable(_asked(directory, "config", "--get", "remote.origin.url"))
    except GitError:
        return _unknown(f"{from_directory}; git knows no commit and no origin of it.")
    if changed:
        return _unknown(f"{from_directory}; it has changes that are in no commit.")
    if not known:
        return _unknown(f"{from_directory}; its commit was not pushed.")
    if url is None:
        return _unknown(f"{from_directory}; it was cloned from a place that a pipeline cannot reach.")
    return _commit("git", url, commit, inside)


def _asked(directory: Path, *words: str) -> str:
    from hipaa_guard.terraform.repository.git import text

    return text(directory, *words, failing=f"git {words[0]} failed").strip()


def _reachable(remote: str) -> str | None:
    """The URL of a remote that another machine can reach, without a password in it; None for any other remote."""
    if "://" not in remote:
        short = _SCP.fullmatch(remote)
        return None if short is None or os.path.lexists(remote) else f"ssh://{short[1] or 'git'}@{short[2]}/{short[3]}"
    parts = urlsplit(remote)
    user, _, host = parts.netloc.rpartition("@")
    if parts.scheme == "https":
        return f"https://{host}{parts.path}"
    return f"ssh://{user.partition(':')[0] or 'git'}@{host}{parts.path}" if parts.scheme == "ssh" else None
