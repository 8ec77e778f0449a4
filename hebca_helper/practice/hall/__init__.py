"""演练办事大厅: a small portal of our own with the login steps of the five real portals in one.

As a portal has them: `accounts`, `units`, `bindings`, `sessions`, `visits`, `verification` of what a USBKEY signed, and
`calls` that its pages make; `captcha` and `telephone` stand in for the picture and the text message. `clerk` names the
steps of `demo`, `scripted` does them over the wire as a page would. Of the bridge it takes only how to listen.
"""
