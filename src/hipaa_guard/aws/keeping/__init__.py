"""Stored answers: the ledger of a scan in progress, and evidence for auditors."""
