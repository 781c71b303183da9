"""Compliance as code for health care on AWS: Terraform and live accounts against the HIPAA Security Rule."""
