"""Controls on asset inventory."""
