"""我的证书: every certificate on the USBKEYs that are plugged in.

`page` shows a `card` for each, with its state, the chain of issuers and what is asked for by clerks; `details` is all that is
known of one, `export_button` saves it. What is done with a certificate goes through `desktop.actions`; certificates come
from `desktop.token_state`.
"""
