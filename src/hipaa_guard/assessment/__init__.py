"""The result of a scan: findings, coverage, roll-up by the law, and the gate."""
