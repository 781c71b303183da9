"""The server behind ``hipaa-guard mcp``. Each call of a tool runs the command line in a process of its own."""
