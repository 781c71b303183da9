"""Reading Terraform source, plans and states into resource instances. Knows no AWS service."""
