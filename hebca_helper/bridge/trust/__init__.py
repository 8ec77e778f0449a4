"""Which browsers and systems trust our TLS identity, and having them trust it or not."""
