"""Everything about kinds: names, fields, defaults, validation, merge rules, columns."""
