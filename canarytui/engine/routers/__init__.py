"""Traffic splitting: the Services that Flagger generates, and the provider's routing objects. Pure."""
