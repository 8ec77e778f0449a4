"""Which web sites may do what: the origin table and the person's word about each site (rule 1).

*OriginBook* keeps what the person said, *Standing* is what follows for a site, *Risk* the class of a call, *Policy* decides
which class a site may use at all. Nobody is asked anything in here. Imports `asker` only.
"""
