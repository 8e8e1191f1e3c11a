"""Flagger's load tester: its HTTP API, its gates, and the programs that its commands call."""
