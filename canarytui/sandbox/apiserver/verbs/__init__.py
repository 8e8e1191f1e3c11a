"""The verbs on dictionaries, without sockets: create, update, patch, apply, delete, list."""
