"""The check commands: whether a client, a server or a recording keeps to what its vendor documents."""
