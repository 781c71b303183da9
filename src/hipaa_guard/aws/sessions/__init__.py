"""Whose account is scanned, and which regions of it."""
