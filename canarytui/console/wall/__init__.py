"""Watch mode: a wall display that is read from six metres, without keyboard input."""
