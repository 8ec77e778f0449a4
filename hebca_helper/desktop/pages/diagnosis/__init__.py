"""故障检测: what may keep certificates from working on this computer.

`page` runs the checks of `hebca_helper.checks` and shows their `findings` with what mends each; `browser_check` tries in a
real browser whether a page reaches us. The checks themselves are not here.
"""
