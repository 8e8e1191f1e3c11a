"""Findings of `lint` (manifests) and `doctor` (a cluster): rules, severities, and what silences them."""
