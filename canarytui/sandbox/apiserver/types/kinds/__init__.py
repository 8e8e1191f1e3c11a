"""What is particular to each kind: defaults, validation, what a status write may touch, and the like."""
