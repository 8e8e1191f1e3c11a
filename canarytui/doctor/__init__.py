"""What is wrong with the canaries of a live cluster, and with everything that they need."""
