"""Certificates and USBKEYs as the person meets them: what is there, for whom, and which of them a page is offered.

*CertificateEntry* is a certificate on its token with its validity, *Inventory* finds and keeps them, *Device* is the token an
operation works on. Imports `sites` and `asker`; no dialogs, no keys.
"""
