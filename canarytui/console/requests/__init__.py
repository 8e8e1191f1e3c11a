"""The log of requests on the screen."""
