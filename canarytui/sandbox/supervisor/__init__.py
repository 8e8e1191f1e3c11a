"""Starts and ends a sandbox: API server and controllers in this process, the data plane in a child."""
