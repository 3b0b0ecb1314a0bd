"""The admin API below ``/__admin``: everything about a sandbox that a test or a person wants to see or turn."""
