"""Kinds of picture: how each is read, aligned and judged before a network sees it."""
