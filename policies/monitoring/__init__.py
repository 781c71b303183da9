"""Controls on monitoring."""
