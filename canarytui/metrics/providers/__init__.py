"""Metric services, one module each, behind :class:`~canarytui.metrics.providers.base.MetricProvider`.

To add one: a module with such a class, and its line in :mod:`canarytui.metrics.providers.registry`.
"""
