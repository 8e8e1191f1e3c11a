"""Text that is safe to show: cleaned, bounded, and written as Go or JSON has it."""
