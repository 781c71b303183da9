"""More of the twins, for kinds other than buckets, keys and databases: see `awscc_twins`."""
