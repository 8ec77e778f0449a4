"""How everything looks: theme, icons, widgets, cards, toast, side bar and message boxes.

Texts come in from outside and are shown; what a person chose goes out as a signal or a call. A certificate, a USBKEY or
a portal means nothing here: no other room of `desktop` may be imported, nor anything of the program but texts and the
folders it ships.
"""
