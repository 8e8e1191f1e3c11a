"""What happened to the canaries: facts from several sources, merged into one timeline."""
