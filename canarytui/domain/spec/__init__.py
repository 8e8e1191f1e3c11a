"""What a Canary object asks for, and the plan of steps that follows from it."""
