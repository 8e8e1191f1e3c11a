"""Recordings of genuine Flagger, driven through the pure core on a fake clock."""
