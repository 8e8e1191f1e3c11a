"""Why a file of manifests cannot be used."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNREADABLE = Sentence(
    "manifest_files.unreadable",
    "{file} cannot be read: {why}.",
    evidence="the system's answer",
)
TOO_LARGE = Sentence(
    "manifest_files.too_large",
    "{file} has more than {most} bytes: split it.",
    evidence="that many bytes were read",
)
NO_YAML = Sentence(
    "manifest_files.no_yaml",
    "{file} is no YAML that can be read: {why}.",
    evidence="the parser's answer",
)
NO_OBJECT = Sentence(
    "manifest_files.no_object",
    "{file}: document {number} is no Kubernetes object; it must have apiVersion and kind.",
    evidence="the document is no mapping with both",
)
