"""Terraform source, plan and state, read into resource instances. Knows no AWS service."""
