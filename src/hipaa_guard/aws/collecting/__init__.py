"""Reads an account: makes the planned calls, keeps the fields that are read, and names what was not answered."""
