"""The rules, one module for each subject; `CHECKS` of each are gathered by :mod:`canarytui.lint.registry`."""
