"""Who may do what: users, RBAC, access reviews."""
