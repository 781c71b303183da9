"""Controls on encryption at rest."""
