"""Alerts: who is told of a rollout, and what each chat service is sent. Pure: :mod:`canarytui.engine.runtime.notifier`
posts what comes of it.

One file for each service's payload (``slack``, ``discord``, ``rocket``, ``msteams``, ``gchat``), all of one shape:
``post(receiver, message)``.
"""
