"""The quick links (快捷链接), from the list to the browser.

`book` (LinkBook) is what this person sees: the catalogue, own links, favourites. `page`, `card` and `menu` show it, `doings`,
`edit` and `lists` change it. `opening` opens a portal in a browser in which it works; `facts` are looked at before, and
`checklist` shows what is missing and how to mend it. No other page is imported: the ways there are handed in.
"""
