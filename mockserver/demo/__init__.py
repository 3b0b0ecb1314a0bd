"""``mockserver demo``: plays a scenario and its client, and tells what goes on."""
