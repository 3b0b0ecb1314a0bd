"""Checks of a server of youtestme's API."""
