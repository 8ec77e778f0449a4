"""Practice without a real USBKEY or a real office: the practice CA, the practice USBKEY, the seals on it, the hall.

`usbkey` makes tokens in our own SoftHSM2 under the home, `ca` is an authority with random keys of this installation,
`scenarios` are the states a clerk can meet, `record` is what was made. `hall` and `ca_service` are its two web servers.
Nothing below knows of practice but by the mark in its certificates; nothing in here imports the window or the command line.
"""
