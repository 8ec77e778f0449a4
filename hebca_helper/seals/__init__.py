"""Electronic seals: structures, verification, pictures. Bytes in, reports out; imports pki and below only."""
