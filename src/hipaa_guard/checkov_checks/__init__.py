"""Checks that stock Checkov loads with ``--external-checks-dir "$(hipaa-guard checkov-dir)"``.

Checkov runs every Python file of this directory. It may be installed in another environment, as it is incompatible with
the boto3 of hipaa-guard. So nothing here imports hipaa-guard.
"""
