"""我的签章: the electronic seals on the USBKEYs that are plugged in.

`page` shows a `card` for each, with its `picture` and the `points` that tell whether it is good; `print` saves a sheet of it.
Seals are read by the assistant; nothing is stamped here.
"""
