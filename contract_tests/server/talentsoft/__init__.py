"""Checks of a server of talentsoft's API."""
