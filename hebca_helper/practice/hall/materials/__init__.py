"""上报材料 and 扫描凭证: what a clerk files with a seal on it (manual 2, section 三)."""
