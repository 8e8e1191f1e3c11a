"""A small Prometheus for machines without one: scrapes, keeps samples in memory, answers PromQL over HTTP."""
