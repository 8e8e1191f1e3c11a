"""What is known of each kind: names, fields, defaults, validation, merge rules, columns."""
