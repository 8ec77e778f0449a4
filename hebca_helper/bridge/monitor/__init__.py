"""For a portal's developer, in practice mode only: what a page asks, what it is answered, and why it is refused."""
