"""The gateway: follows IngressRoutes, TraefikServices and HTTPRoutes as Traefik v3 does, with Traefik's metrics."""
