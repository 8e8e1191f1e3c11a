"""One finding: which rule, on which object and field, what is wrong, and what to do about it."""

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How bad a finding is. The words are SARIF's levels."""

    ERROR = "error"  # it does not work, or does something other than it says
    WARNING = "warning"  # it works until it hurts
    NOTE = "note"  # good to know


class Rule(Struct, frozen=True):
    """A rule that `lint`, `doctor` or both hold objects to; `docs/findings/<id>.md` is its page."""

    id: str  # kebab-case, and never renamed: people silence by it
    severity: Severity
    summary: str  # one line: what is wrong where the rule finds something

    @property
    def page(self) -> str:
        """Path of the rule's page, from the root of the repository."""
        return f"docs/findings/{self.id}.md"


class Finding(Struct, frozen=True):
    """What a rule found. Texts may hold words from the cluster: clean them before printing."""

    rule: Rule
    object: str  # kind and name as kubectl writes them: "canary/podinfo"
    namespace: str  # "" for objects that are cluster-scoped or not in the cluster
    field: str  # path into the object: "spec.analysis.metrics[0].thresholdRange"; "" for the whole
    message: str  # what is wrong, with the values that show it
    remedy: str  # what to do, as an order
