"""What clients see of the API server beside objects: discovery, OpenAPI, tables, roles, reviews, proxies."""
