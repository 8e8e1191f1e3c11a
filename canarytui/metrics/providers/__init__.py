"""Metric services, one module each."""
