"""Controls on access control."""
