"""What kube-controller-manager and the scheduler do, for the sandbox.

Each controller is a client of the API core like any other: it watches, it reconciles one object at a time, it
writes. ``manager.py`` starts them all; the supervisor calls it.
"""
