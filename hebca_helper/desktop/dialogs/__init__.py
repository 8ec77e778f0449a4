"""Questions that the assistant asks the person: PIN, new PIN, consent, choice of a certificate.

`question` is the frame of them all, `parts` what they are made of, `keypad` types a PIN with the mouse, `wording` says who
asks for what. A dialog is given a question and an `Answer` to leave the person's word in; it does not call the assistant,
and imports neither pages nor the window.
"""
