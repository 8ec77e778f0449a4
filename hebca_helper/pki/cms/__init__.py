"""Cryptographic Message Syntax (RFC 5652): signed and enveloped messages, in memory or of any size.

Small parts are built and read with asn1crypto; `ber` walks the outside of a message, so that content is never held whole.
"""
