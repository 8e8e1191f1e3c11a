"""Why a check has no values: its query is taken apart, and Prometheus is asked for the part that finds nothing."""
