"""Back-ups of a whole site, and getting a site back from one.

A back-up is one file: a tar archive, encrypted with age before it reaches the disk. Inside are, in
this order, the database in pieces, the photos as they are stored (sealed), the heads of the audit
log that were noted, and last `contents.json`, without which the file is not whole. The keys of the
site are in none of it: they are written to a file of their own.
"""
