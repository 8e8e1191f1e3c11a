"""Pure patches: JSON Patch, merge patches, strategic merge, and the field sets of server-side apply."""
