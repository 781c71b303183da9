"""The calls of a scan and the IAM actions that they need, derived from the tables of facts before any call."""
