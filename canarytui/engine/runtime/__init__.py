"""The engine's edge: watch caches in, effects out; schedules, events, webhooks, health."""
