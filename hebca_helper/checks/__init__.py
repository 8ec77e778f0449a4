"""故障检测: what can keep a clerk from working, looked at one by one.

A check (`model`) reads the `surroundings` and tells findings: fine, warning, problem, each with cause and remedy from
the table of failures. `catalogue` lists them, `runner` does them side by side, `report` is the result for people and for
`--json`, `support_file` what a help desk gets. Changes nothing, and imports no window: the window and `doctor` show it.
"""
