"""A server that behaves as stefanprodan/podinfo does, one per pod, all in this process."""
