"""Recognising an earlier report, which a new one may replace although the user did not name the file."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

_BEGINS = {
    "terminal": rb"hipaa-guard \d[^\n]*: ",
    "json": rb'\{\n"schema_version": ',
    "html": rb'<!doctype html>\n<html lang="en">\n<head>',
    "sarif": rb'\{\n"\$schema": "https://docs\.oasis-open\.org/sarif/',
    "junit": rb'<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="hipaa-guard"',
    "gitlab": rb'\[(?:\n\{"description": |\])',
    "github": rb"::(?:error|warning|notice) ",
    "lines": rb"(?:[^\n]{1,4000}:\d+:1: (?:error|warning|info): |hipaa-guard: )",
    "markdown": rb"<!-- hipaa-guard:",
    "ocsf": rb'\[(?:\n\{"activity_id": |\])',
    "asff": rb'\[(?:\n\{"SchemaVersion": |\])',
    "csv": rb"\xef\xbb\xbfstatus,severity,control,title,",
}
"""The beginnings of the reports of each format. No Terraform file, settings file or program begins so."""

_START = 4096


def may_be_replaced(path: Path, format: str) -> bool:
    """Whether the file does not exist, is empty, or begins as a report of the format does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        start = file.read(_START)
    return not start or re.match(_BEGINS[format], start) is not None
