"""The steps of a first start: browser, USBKEY, PIN, city, practice hall.

A `Step` shows one thing to do and says when it is done; `page` leads from one to the next. Steps use what the window
hands them (`Surroundings`) and import no window; of the pages only their frame and the contacts of `help.content`.
"""
