"""The contracts as data: what each vendor documents, clause by clause. Knows no web framework and no vendor code."""
