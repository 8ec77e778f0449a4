"""PINs and logins: asking, judging, counting, ending (rule 2). The only room through which a typed PIN passes.

*Pins* asks, *Logins* holds which connection is logged in to which token and what that covers, *PinGuard* counts the PINs that
pages supply, *Gate* lets calls in or holds them up. Imports `journal`, `person` and below; signs nothing.
"""
