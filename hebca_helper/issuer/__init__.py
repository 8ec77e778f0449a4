"""Client of the CA's online services. The only room that imports `requests`, and only in `transport`."""
