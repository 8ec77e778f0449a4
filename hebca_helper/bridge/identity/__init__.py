"""Who we are to browsers over TLS: a private CA that can name nothing but this computer, and one leaf under it."""
