"""签章文档: put a seal on PDFs, and check the signatures of a document.

Two tabs of `page`: `stamping` (with `options`, the `viewer` and its `view` for the place of the seal, and `results`) and
`check` (with the `check_points` that it tells). No PDF is read here: the document host does, through the assistant.
"""
