"""Statistics of two sides' requests: exact where that is cheap, standard library only. Pure."""
