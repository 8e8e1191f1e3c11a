"""Every sentence that the program can say, with the evidence that makes it true.

One module an area (``rollout``, ``serving``, ``forecast``, ``cause`` …), one constant a sentence::

    HALTED = Sentence(
        "rollout.halted",
        "is halted: {cause}; {outlook}",
        evidence="the controller's last act was to count a failed check",
    )

* The id is ``<module>.<name>`` and stays when the words change: tests, reports and people who quote a sentence use it.
* The words are one template for :meth:`str.format` with named fields. Code that says something picks a sentence and
  fills its fields; it holds no words of its own. So an edit of words is an edit of this package and of nothing else.
* ``evidence`` says in one phrase what must be so. Whoever says the sentence has looked at it.
* ``otherwise`` is the id of what is said where that evidence is missing; "" where it cannot be missing.

A :class:`Phrase` is what comes of it: the text, and the sentences in it with what filled their fields. Phrases are
fields of other sentences, and a field that may be absent is a phrase that brings its own punctuation or
:data:`NOTHING`.

Two tests keep it so. ``tests/unit/domain/test_sentences_catalogue.py`` fails on a sentence-like literal outside of this
package in the rooms that are converted, and on a sentence without evidence. ``tests/unit/domain/
test_sentences_are_true.py`` makes random worlds, explains them, and holds each sentence that was said to a predicate of
its own over the world and the fields: an id without a predicate fails. A room is converted by moving its literals here
and adding its folder to the first test; what it says of a situation gets predicates in the second.

Words of others (Flagger's Events, the API's field names, error texts that are parsed) are data and no sentences.
"""

from canarytui.domain.sentences.sentence import NOTHING, Phrase, Sentence, joined

__all__ = ["NOTHING", "Phrase", "Sentence", "joined"]
