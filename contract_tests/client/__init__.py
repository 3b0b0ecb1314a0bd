"""Checks of a client of each vendor: an adapter drives it through its verbs, the journal tells what it did.

A folder is a vendor's, and its ``ROLE`` says what an adapter of it is made with.
"""
