"""What can go wrong with what a vendor sends: one kind a file, named by the file."""
