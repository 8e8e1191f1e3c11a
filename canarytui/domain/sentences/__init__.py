"""Every sentence that the program can show, with the evidence that makes it true.

One module per area (``rollout``, ``serving``, ``forecast``, ``cause`` …), one constant per sentence::

    HALTED = Sentence(
        "rollout.halted",
        "is halted: {cause}; {outlook}",
        evidence="the controller's last act was to count a failed check",
    )

* The id is ``<module>.<name>`` and stays when the words change: tests, reports and people who quote a sentence use it.
* The words are a template for :meth:`str.format` with named fields. Code picks a sentence and fills its fields; it has
  no words of its own. So wording is edited in this package and nowhere else.
* ``evidence`` says in one phrase what must hold. The code that uses the sentence has checked it.
* ``otherwise`` is the id of the sentence for when that evidence is missing; "" if it cannot be.

A :class:`Phrase` is the result: the text, and the sentences in it with the values of their fields. Phrases can be
fields of other sentences; an optional field is a phrase with its own punctuation, or :data:`NOTHING`.

Two tests enforce this. ``tests/unit/domain/test_sentences_catalogue.py`` fails on a sentence-like literal outside of
this package, and on a sentence without evidence. ``tests/unit/domain/test_sentences_are_true.py`` explains random
cluster states and checks each sentence against a predicate of its own: an id without a predicate fails.

Texts of others (Flagger's Events, the API's field names, error texts that are parsed) are data, not sentences.
"""

from canarytui.domain.sentences.sentence import NOTHING, Phrase, Sentence, joined

__all__ = ["NOTHING", "Phrase", "Sentence", "joined"]
