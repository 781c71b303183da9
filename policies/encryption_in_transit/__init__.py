"""Controls on encryption in transit."""
