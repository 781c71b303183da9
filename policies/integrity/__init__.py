"""Controls on integrity."""
