"""Drills in the console: the form, the running drill, and their texts and plots."""
