"""The columns of the list and of ``canarytui get``, one record each: see :mod:`.canary_columns` to add one."""
