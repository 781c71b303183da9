"""Controls on patching."""
