"""Mechanisms that every vendor uses; nothing here knows a vendor."""
