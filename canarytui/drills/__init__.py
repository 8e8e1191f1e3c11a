"""Guided ways to break a canary on purpose: drills, their targets, their predicted effect, and their end."""
