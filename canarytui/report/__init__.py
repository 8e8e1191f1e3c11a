"""Plain text views of canaries for the command line, logs and screen readers: no cursor movement, no colour.

Pure functions from what the console knows to lines; every text from the cluster has been cleaned.
"""
