"""How the program is there while nobody looks at its window.

`tray` and `status` show what goes on, `notices` says it, `attention` decides when (a certificate that ends, a USBKEY that
is forgotten, a person who went away: the logins then end), `single_instance` hears a second start, `leaving` and `signals`
are the end. Only `notices` knows the window; pages and dialogs are not imported.
"""
