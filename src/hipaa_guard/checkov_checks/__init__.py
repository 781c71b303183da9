"""What stock Checkov loads with ``--external-checks-dir "$(hipaa-guard checkov-dir)"``.

Checkov runs every Python file of this directory, and may live in another environment than hipaa-guard, whose boto3 it
does not tolerate: nothing here imports hipaa-guard.
"""
