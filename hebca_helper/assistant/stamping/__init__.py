"""Seals: which are on a USBKEY, setting them on documents, and checking files.

*Seals* lists them, *Stamping* sets them (`sealing`; `batches`, `notes`, `pdf_signature` are its parts), `views` and
`local_documents` look at files, `revocation` and `authorities` know issuers. Documents are read in the document host only.
Imports `files`, `key` and below.
"""
