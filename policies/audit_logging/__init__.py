"""Controls on audit logging."""
