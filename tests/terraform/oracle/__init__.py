"""Terraform itself as the oracle of our evaluator, on generated configurations: `python -m tests.terraform.oracle`."""
