"""Finalizers that the API server itself sets and takes away."""

from __future__ import annotations

CRD_CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""Holds a CustomResourceDefinition until the last of its objects has gone."""
