"""上报材料 and 扫描凭证: what a clerk files with a seal on it (manual 2, section 三).

`forms` draws the papers, `shelf` keeps them, `calls` are what the pages ask, `inspection` judges
a sealed paper and a receipt through the document host, `centre` is the office with a seal of its own. Reads no PDF in
this process.
"""
