"""A fleet in five numbers: a line on the list, and a screen from which each number leads to its canaries."""
