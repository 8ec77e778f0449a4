"""故障检测: what can keep a clerk from working, looked at one by one.

A check (`model`) reads the `surroundings` and tells findings: fine, warning, problem, each with cause and remedy from
the table of failures. `runner` lists them and does them side by side, `report` is the result for people, for `--json` and,
with the log, for a help desk. Changes nothing, and imports no window: the window and `doctor` show it.
"""
