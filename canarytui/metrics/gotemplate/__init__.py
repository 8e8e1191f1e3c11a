"""Go's text/template, as far as metric queries can use it: Flagger renders queries with the whole language.

``lexer``, ``token_stream``, ``pipelines`` and ``parser`` turn text into the ``nodes`` of a tree, ``evaluator`` executes
it, ``functions`` are the builtin functions, ``formatting`` is fmt. All of it is pure and bounded. Outputs and errors
are Go's own, held to a table that Go wrote (``tests/recordings/gotemplate``).

Nothing is imported here: the console is up before it renders its first query, and ``errors`` alone is light.
"""
