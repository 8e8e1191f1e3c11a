"""The parts of the detail screen as lines of text: pure functions of a :class:`~.view.View`, one module a part."""
