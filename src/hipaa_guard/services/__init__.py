"""AWS services: one module per service, a table of kinds and their facts, without any judgement."""
