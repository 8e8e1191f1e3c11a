"""Recordings of genuine Flagger, replayed through the decisions on a fake clock."""
