"""Live AWS accounts, read through boto3. Knows no service."""
