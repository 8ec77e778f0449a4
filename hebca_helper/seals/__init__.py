"""Electronic seals (GB/T 38540, GM/T 0031): structures, verification, pictures.

`seal` and `seal_signature` are the structures, `reading` and `sniffing` find them in bytes, `checking` judges them into
`findings`, `making` builds what a signer signs. Bytes in, reports out; asks a signer for signatures, never a token, and
imports pki and below only.
"""
