"""演练办事大厅: a small portal of our own with the login steps of the five real portals in one."""
