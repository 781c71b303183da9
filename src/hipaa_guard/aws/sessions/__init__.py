"""The account to scan, and its regions."""
