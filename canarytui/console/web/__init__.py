"""The wall in a browser: a server on loopback, and a wall in a process of its own for each window."""
