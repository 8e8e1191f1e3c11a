"""The console's screens as SVG: single ones, and a recording, drawn from a fixed cluster."""
