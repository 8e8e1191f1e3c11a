"""Offline rules for manifests of canaries and what they need (`canarytui lint`). Pure: documents in, findings out."""
