"""Checks of a live cluster (`canarytui doctor`): questions to it, findings out."""
