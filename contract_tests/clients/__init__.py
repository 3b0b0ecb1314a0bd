"""Reference clients: one module for each vendor, over the one way of calling and the one of receiving."""
