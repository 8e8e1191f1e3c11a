"""Alerts: who is told of a rollout, and what each alert system is sent. Pure: :mod:`canarytui.engine.runtime.notifier`
posts what comes of it.

One file for each system, with its record as ``SERVICE`` (:mod:`canarytui.engine.alerts.service`), and one line for it
in :mod:`canarytui.engine.alerts.services`.
"""
