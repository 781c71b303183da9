"""Controls on business associates."""
