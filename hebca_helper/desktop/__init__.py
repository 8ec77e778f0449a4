"""The window of the program and what stands around it, in Qt's thread; the rest of the program is a `Runtime` beyond it.

`main` begins, `application` (Desktop) puts window, tray and signals together and ends the logins when nobody is there;
`link` carries calls to the loop and answers back; `token_state` is what is plugged in, `words` says how a certificate and a
PIN stand and in which colour, `prompts` asks the person for the assistant. The rooms: `look` (how it looks),
`pages`, `links`, `dialogs`, `first_start`, `presence` (without a window) and `session` (is somebody there). Nothing here
imports `app` or `cli`; what a start does not need is imported where it is first used, since the time to the window counts.
"""
