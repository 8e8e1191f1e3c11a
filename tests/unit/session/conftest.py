"""A server with what sessions ask for, and a client connected to it."""

from __future__ import annotations

from closeup_fixtures import api, cluster

__all__ = ["api", "cluster"]
