"""The version of hipaa-guard."""

VERSION = "0.9.0"
