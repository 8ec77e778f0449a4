"""PDFs: shown, searched, stamped, checked.

`client` is the parent's end, in the process that owns the PIN: it never parses a document. `host` is the child's end and,
under limits and without token or display, the only place where the rest runs. Others may import `client`, `plan`,
`placement` and `spots` (numbers only), never what loads a library that reads PDFs (pyHanko, pypdfium2, Pillow). *Plan* and
*placement* say what seal goes where, *spots* are the places on pages, *coverage* is what a signature is over and what came
after it.
"""
