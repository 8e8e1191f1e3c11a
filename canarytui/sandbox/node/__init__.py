"""The kubelet of the node "sandbox": runs pods, reports their status, answers for logs and commands."""
