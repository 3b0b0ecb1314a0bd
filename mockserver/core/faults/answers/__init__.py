"""What can go wrong with an answer: one kind a file, named by the file."""
