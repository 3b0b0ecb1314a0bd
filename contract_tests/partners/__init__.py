"""Partner servers to copy from, and to try the checks of a server on."""
