"""Records, their history, watches, selectors."""
