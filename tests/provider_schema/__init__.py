"""The schemas of the Terraform providers, extracted into the tables of ``tests/reference`` that `tests.schema` reads."""
