"""Answers kept: the ledger of a scan under way, and evidence for auditors."""
