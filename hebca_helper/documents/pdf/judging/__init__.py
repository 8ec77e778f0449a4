"""What became of a PDF after a signature: its later updates, judged object by object.

`two_states` walks the signed and the present graph side by side, `revisions` is the short list of what may differ,
`permissions` what the signature allowed (DocMDP, FieldMDP, locks), `looks` compares pictures of the pages that were
touched, and `coverage` makes one finding of all that. Imports the reading of its own folder above, nothing that checks keys.
"""
