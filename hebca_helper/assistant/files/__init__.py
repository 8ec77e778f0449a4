"""Files of this computer that a page names, encrypted and decrypted (rule 7).

*FilePair* opens source and target once and confirms what was opened, `names` judges paths before anything is touched.
Imports `key` and below.
"""
