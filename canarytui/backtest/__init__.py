"""Past rollouts, judged by other thresholds: what they would have done, and which thresholds past data suggest."""
