"""Widgets of the console: each draws one view model and knows nothing of clusters."""
