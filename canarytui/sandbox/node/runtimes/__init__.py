"""How each kind of image is run, apart from podinfo and the gateway, which have rooms of their own."""
