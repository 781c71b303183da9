"""What a scan will call, and which IAM actions that needs: derived from the tables of facts, before any call."""
