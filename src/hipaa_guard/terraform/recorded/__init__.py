"""Plans and states: resource instances as Terraform recorded them, with their source where it is given."""
