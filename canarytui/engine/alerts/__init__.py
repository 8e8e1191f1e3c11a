"""Alerts: who is notified of a rollout, and what is sent to each alert system. Pure:
:mod:`canarytui.engine.runtime.notifier` sends the result.

One file for each system, with its record as ``SERVICE`` (:mod:`canarytui.engine.alerts.service`), and one line for it
in :mod:`canarytui.engine.alerts.services`.
"""
