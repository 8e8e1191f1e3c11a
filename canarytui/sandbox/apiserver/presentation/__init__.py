"""What clients read beside objects: discovery, OpenAPI, tables."""
