"""ReplicaSets: keep the number of pods, delete the least useful first."""
