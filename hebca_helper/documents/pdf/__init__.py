"""PDFs: shown, searched, stamped, checked. Everything but `placement` and `desk` runs in the document host."""
