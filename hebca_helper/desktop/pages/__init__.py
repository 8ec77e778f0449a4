"""The pages of the window beside the quick links, a room each.

A `Page` is a title, a hint and a body that scrolls; `Surroundings` is all it may use of its window. `places` tells the
pages and their order, and imports each when it is first shown: opening the program must not wait for them. The
window is not imported; of other pages only what more than one shows (`seals.points` and `seals.picture`, the run of
`diagnosis` for a help desk).
"""
