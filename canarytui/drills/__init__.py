"""Breaking a canary on purpose, guided: drills, what they are sent to, what they will do, and their end."""
