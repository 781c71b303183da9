"""The skeleton of a service: ``make service NAME=kinesis`` writes its modules from botocore and the providers' schemas."""

NOT_LOOKED_UP = "what the provider does when this is left out has not been looked up"
"""The reason of the unknown value that stands in `unset=` until somebody has looked."""
