"""Our lines in a file that others write too, between two markers."""
from __future__ import annotations


def put(before, name, content):
    """`before` with our lines in their old place, or at the end."""
    begin, end = lines_of(name)
    head, found, rest = before.partition(begin)
    if found and end in rest:
        return head + begin + content + end + rest.partition(end)[2]
    glue = b"\n" if before and not before.endswith(b"\n") else b""
    return before + glue + begin + content + end


def removed(text, name):
    """`text` without our lines."""
    begin, end = lines_of(name)
    head, found, rest = text.partition(begin)
    return head + rest.partition(end)[2] if found and end in rest else text


def lines_of(name):
    return tuple(b"# %s: written by Slipway (%s)\n" % (name.encode(), word) for word in (b"begin", b"end"))
