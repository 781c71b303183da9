"""The auditor's HTML report: what it shows, in which order. The templates in `reports` only lay it out."""
