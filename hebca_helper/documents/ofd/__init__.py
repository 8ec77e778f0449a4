"""OFD documents (GB/T 33190-2016): their signatures are checked; pages are not rendered. Runs in the document host."""
