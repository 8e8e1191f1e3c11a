"""From Ingresses to the gateway's table, by the rules of ingress-nginx, and the server that follows it."""
