"""Carries out plans on a cluster: permission, rules, writes, crash safety, and the controller's answer.

Nothing here knows of a screen; console and command line use the same executor.
"""
