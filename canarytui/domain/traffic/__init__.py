"""Traffic providers: one record each, and which of them a canary has."""
