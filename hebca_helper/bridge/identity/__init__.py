"""Who we are to browsers over TLS: a private CA that can name nothing but this computer, and one leaf under it.

`making` issues both, `identity` keeps and renews them, one process at a time. That a browser believes
them is the business of `trust`.
"""
