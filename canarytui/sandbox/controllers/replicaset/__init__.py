"""ReplicaSets: as many pods as asked for, the least useful deleted first."""
