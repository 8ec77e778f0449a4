"""OFD documents (GB/T 33190-2016): their signatures are checked; pages are not rendered.

*Package* is the archive with its members, *layout* where documents and signatures lie in it, *cover* what a signature is
over and leaves open, *integrity* the protection of the package as a whole (GM/T 0099). Runs in the document host; imports
`seals`, `pki` and the check of CMS beside it, no library that renders.
"""
