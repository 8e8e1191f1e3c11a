"""The timeline of events: what is in it, how it is filtered, and one moment of it on the plots."""
