"""签名记录: what was done with the USBKEYs, when, and for which site.

`page` reads it a piece at a time into `model`, which `table` shows; `filter` narrows it, `detail` is one line in full. The
journal itself is kept by the assistant, and only read and exported here.
"""
