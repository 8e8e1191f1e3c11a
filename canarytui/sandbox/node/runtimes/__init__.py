"""How each kind of image is started, apart from podinfo, which has its own room."""
