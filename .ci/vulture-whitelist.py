"""What vulture cannot see being used: names that a library, a test or a script outside of the package reads.

Patterns of names (Textual's handlers, the functions of PromQL) are in ``pyproject.toml``. A name stands here with who
uses it.
"""

from vulture.whitelist_utils import Whitelist

used = Whitelist()

# argparse, enum, PyYAML, logging, jsonpatch, re2 and the official client call or read what we override or set.
used._print_message
used.print_usage
used.print_help
used._value_
used.pointer_cls
used.to_last
used.ignore_aliases
used.raiseExceptions
used.log_errors
used.max_mem
used.rest_client
used.verify_ssl
used.disable_strict_ssl_verification
used.ca_cert_data
used.connection_pool_maxsize
used.client_session_kwargs
used.time_str_to_iso
used.trust_env
used.status_code

# aiohttp counts what a response has sent.
used.output_size

# Textual reads attributes of its widgets, and calls a provider's and a driver's methods.
used.border_title
used.cursor_blink
used.discover
used.display
used.get_selection
used.highlighted
used.max_height
used.placeholder
used.renderables
used.run_input_thread
used.virtual_size

# pydantic.
used.model_config
used.resume  # a step's word: read by name

# Tests: the catalogue of sentences and their evidence, the rules that .ci/chart-rules writes, a clock that is moved.
used.catalogue
used.evidence
used.rules_by_provider
used.wake

# The table in docs/providers.md is held to the records by a test.
used.keeps_sessions

# asyncio reads it: the size of the buffer of a TLS connection.
used.max_size
