"""What the person is asked and shown. *Prompts* is the port that windows and terminals implement.

*Confirm*, *EnterPin* and *ChooseCertificate* are the three questions, *Content* what is to be judged, *DialogQueue* lets one
dialog through at a time, *Admission* asks whether a site may connect. Knows no key and no PIN that was typed, and imports
`certificates`, `sites` and `asker` only.
"""
