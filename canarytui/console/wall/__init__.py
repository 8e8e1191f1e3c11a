"""The wall: a screen that is read from six metres and that nobody types at."""
