"""The version of hipaa-guard."""

VERSION = "0.1.0"
