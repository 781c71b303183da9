"""The auditor's HTML report: its content and order. The templates in `reports` only lay it out."""
