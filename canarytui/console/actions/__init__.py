"""From a key to the controller's answer: plans as text, confirmations, and the audit log."""
