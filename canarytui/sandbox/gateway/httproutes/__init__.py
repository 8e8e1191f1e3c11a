"""From Gateways and HTTPRoutes to the gateway's configuration and their statuses. Pure."""
