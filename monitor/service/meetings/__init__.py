"""Whether meetings can begin: who is asked before them, what that brought, and what is said of it."""
