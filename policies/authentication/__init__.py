"""Controls on authentication."""
