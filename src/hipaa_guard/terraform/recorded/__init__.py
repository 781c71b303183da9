"""Plans and states: resource instances as Terraform recorded them, with the source that they were made from."""
