"""A small load generator that takes hey's flags and prints hey's report, for machines without hey."""
