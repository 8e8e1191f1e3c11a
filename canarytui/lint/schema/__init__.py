"""What Flagger's definitions say of its kinds, and how objects are held to it."""
