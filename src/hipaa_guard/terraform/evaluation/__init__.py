"""Module instances and what is in them: calls, resources with their arguments, data sources, providers."""
