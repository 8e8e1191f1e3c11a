"""How a rollout stands: its state, why it is halted, what comes next, and who serves the users."""
