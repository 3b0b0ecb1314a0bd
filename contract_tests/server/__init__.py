"""Checks of a server: what a vendor documents of its API, tried on one over HTTP."""
