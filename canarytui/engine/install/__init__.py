"""What a cluster needs to run the controller: objects to apply, with no more rights than it uses."""
