"""The fault drill of the console without its screens: the form's values, texts and plots, and the drill under way."""
