"""Checks of a server of smarterproctoring's API."""
