"""Programs that the console starts for a person: pager, editor, shell in a container, plugins."""
