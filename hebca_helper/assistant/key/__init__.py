"""What is done with a key or a token under the person's consent (rules 3 to 5). *Consents* is the one way to do it.

`signing` is the raw signature, `documents`, `bundles` and `blind_sealing` make CMS, `web_eid` login tokens; `domains` keeps
them apart. `decryption`, `data_objects`, `key_pairs`, `devices` and `online` do the rest. Imports `login` and below.
"""
