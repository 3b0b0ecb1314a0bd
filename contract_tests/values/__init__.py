"""Values to try on both sides of a vendor, by its contract: those that it allows, and some that it does not."""
