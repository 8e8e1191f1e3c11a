"""The HTTP layer: sockets, paths, media types, streams. No Kubernetes rules live here."""
