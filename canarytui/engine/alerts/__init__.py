"""Alerts: who is notified of a rollout, and what is sent to each chat service. Pure:
:mod:`canarytui.engine.runtime.notifier` sends the result.

One file for each service's payload (``slack``, ``discord``, ``rocket``, ``msteams``, ``gchat``), all of one shape:
``post(receiver, message)``.
"""
