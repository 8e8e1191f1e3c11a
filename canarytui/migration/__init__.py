"""Moves canaries to another provider or tool: what becomes of their objects, in which order, what gets lost. Pure."""
