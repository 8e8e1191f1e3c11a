"""The gateway: follows IngressRoutes and TraefikServices as Traefik v3 does, with Traefik's metrics."""
