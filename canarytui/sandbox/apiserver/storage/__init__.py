"""Records, their history, and what watches see of them."""
