"""How the data plane reads and writes the sandbox's API server: the official client, plain dicts, watched stores."""
