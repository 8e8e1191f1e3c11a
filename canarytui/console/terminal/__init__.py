"""What goes to the terminal and what comes from it. Only this package uses Textual's private names."""
