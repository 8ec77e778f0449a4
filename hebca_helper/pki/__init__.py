"""Certificates, keys, CMS and chains: bytes in, bytes out.

`certificates` reads one, `chains` judges it with `revocation` and `ocsp`, `cms` signs and envelopes, `keys` verifies
(RSA, EC, SM2), `der` and `structure` are the ground. No files, no sockets, no clock of its own: who calls says what time
it is. Imports nothing of the rooms above.
"""
