"""Terraform itself, with the real AWS provider, as what our readers are held against; see ``__main__.py``."""
