"""Errors in a container image reference, as the end of a sentence."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

EMPTY = Sentence(
    "images.empty",
    "it is empty",
    evidence="the text has no characters",
)
NO_DIGEST = Sentence(
    "images.no_digest",
    "{digest} is not a digest such as sha256:… with 64 hexadecimal digits",
    evidence="the grammar of image references of the distribution project",
)
NO_TAG = Sentence(
    "images.no_tag",
    "{tag} is not a tag: at most 128 letters, digits, '_', '.' or '-', not beginning with '.' or '-'",
    evidence="the grammar of image references of the distribution project",
)
NO_REGISTRY = Sentence(
    "images.no_registry",
    "{registry} is not a registry's address",
    evidence="the grammar of image references of the distribution project",
)
NO_NAME = Sentence(
    "images.no_name",
    ("{part} cannot be part of an image's name: lower-case letters and digits, with '.', '_' or '-' between them"),
    evidence="the grammar of image references of the distribution project",
)
TOO_LONG = Sentence(
    "images.too_long",
    "the name is longer than {most} characters",
    evidence="the length of registry and path",
)
