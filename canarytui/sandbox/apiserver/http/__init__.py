"""The HTTP face of the API server: sockets, paths, media types, streams. No rule of Kubernetes lives here."""
