"""What splits the traffic: Services that Flagger generates, and the provider's router object. All pure."""
