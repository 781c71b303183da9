"""Judgements that controls of several services share: policies import them, ours and those of users."""
