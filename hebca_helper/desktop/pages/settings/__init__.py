"""设置: how the program behaves, and what each site may do.

`page` shows `rows` in groups, `sites` what was allowed or refused, `confirm` asks before what may be regretted. A change is
checked and written by `Runtime.change_settings`; what is sensible is decided in `hebca_helper.settings_rules`.
"""
