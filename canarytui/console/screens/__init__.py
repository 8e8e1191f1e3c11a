"""Screens of the console, one file each; imported when first opened, so that the list appears at once."""
