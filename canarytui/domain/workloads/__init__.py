"""The objects around a canary: workloads, pods, images, configs, and who owns them."""
