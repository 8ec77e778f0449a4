"""签名记录: one row for every operation, written before its reply goes out (rule 9).

*Journal* keeps the rows, *Recorder* writes one around an operation, `reading` and `csv_export` give them back, `words` say
them. Digests and sizes only, never content. Imports `person` and below.
"""
