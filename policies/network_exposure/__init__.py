"""Controls on network exposure."""
