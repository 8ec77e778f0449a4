"""Electronic seals (GM/T 0031-2014, GB/T 38540-2020, GM/T 0031-2025): read, judged, made.

*Seal* is the signed structure of a maker, *seal signature* what one puts on a document, *words* those for each point of
a check, *findings* how they are judged, *sniffing* what kind of octets something is. Bytes in, bytes out: no files, no
clock of its own, no tokens (whoever makes a signature is handed in). Imports `pki` and the ground floor only; pictures
are sized, not decoded.
"""
