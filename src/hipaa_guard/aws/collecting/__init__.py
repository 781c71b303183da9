"""Reading an account: makes the planned calls, keeps the fields that are read, and lists the unanswered calls."""
