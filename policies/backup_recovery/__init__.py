"""Controls on backup recovery."""
