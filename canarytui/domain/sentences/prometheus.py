"""Responses of Prometheus that cannot be used."""

from __future__ import annotations

from canarytui.domain.sentences.sentence import Sentence

UNASKED = Sentence(
    "prometheus.unasked",
    "the server answered with samples that were not asked for",
    evidence="a sample without the mark of any of the queries",
)
NO_SAMPLE_VALUE = Sentence(
    "prometheus.no_sample_value",
    "query returned samples without a value",
    evidence="a sample of the answer has no value",
)
NO_MATRIX = Sentence(
    "prometheus.no_matrix",
    "{server} answered a range query with {kind}",
    evidence="the answer's resultType",
)
NO_SERIES_VALUES = Sentence(
    "prometheus.no_series_values",
    "query returned series without values",
    evidence="a series of the answer has no values",
)
UNUSABLE = Sentence(
    "prometheus.unusable",
    "the answer of {server} cannot be used: {why}",
    evidence="the bounds that the answer exceeds",
)
NO_PROMETHEUS = Sentence(
    "prometheus.no_prometheus",
    "{server} did not answer like a Prometheus server",
    evidence="the answer lacks status: success or data",
)
