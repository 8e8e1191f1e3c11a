"""The list of canaries: which rows there are, in which order, how each is drawn."""
