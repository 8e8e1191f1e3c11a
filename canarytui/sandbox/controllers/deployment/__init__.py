"""Deployments: revisions as ReplicaSets, rolled out at the pace the strategy allows.

``strategy`` and ``scaling`` decide replica counts, ``status`` judges progress, ``revisions`` keeps history;
all of them are pure. ``controller`` reads, asks them, and writes.
"""
