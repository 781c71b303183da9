"""AWS services: what is. One module per service, each a table of kinds and facts."""
