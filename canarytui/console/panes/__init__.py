"""The panes about the selected canary around the list: which there are, where each goes, what it shows."""
