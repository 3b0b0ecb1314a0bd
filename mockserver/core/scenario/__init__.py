"""Scenarios: scripts of what a vendor does while a client is at work, and of what must hold at the end."""
