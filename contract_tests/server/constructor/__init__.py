"""Checks of a server of constructor's API."""
