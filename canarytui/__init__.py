"""canarytui: drive and observe canary rollouts on Kubernetes from a terminal."""

__version__ = "0.1.0"
