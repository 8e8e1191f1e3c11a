"""Carrying out plans on a cluster: permission, rules, writes, what a crash leaves behind, and the controller's answer.

Nothing here knows of a screen: the console and the command line drive with the same hands.
"""
