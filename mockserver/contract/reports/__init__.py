"""The verdict on paper: for a terminal, for people, for machines. Everything that is written is masked before."""
