"""Documents of IAM policies: parsed, and asked whom they let in, to what and when."""
