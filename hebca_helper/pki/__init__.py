"""Certificates, keys, CMS and chains: bytes in, bytes out.

`certificates` reads one, `chains` judges it with `revocation` and `ocsp`, `cms` signs and envelopes, `keys` verifies
(RSA, EC, SM2), `moments` says where a moment lies in a period and from which day on a certificate ends soon, `der` and
`structure` are the ground. No files, no sockets, no clock of its own: who calls says what time it is. Imports nothing of
the rooms above.
"""
