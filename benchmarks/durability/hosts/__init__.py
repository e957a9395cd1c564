"""Drills on many hosts: network namespaces of this machine, with services of their own.

They need root, `ip netns`, haproxy and PostgreSQL's and Redis' programs (Debian: iproute2, haproxy,
postgresql, redis-server). They use neither the machine's network nor its PostgreSQL and Redis, and
take away what they made when they end.
"""
