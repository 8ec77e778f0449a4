"""Who asks: a page's origin, or the person at this computer; and how what comes from outside is shown.

*Asker* names channel and origin, *Connection* is one tab, window or command to which logins belong, *visible* texts and names
have everything invisible written out, *Clock* hands in the time. The lowest room of the assistant: imports no other one.
"""
