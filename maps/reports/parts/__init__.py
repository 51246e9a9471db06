"""The sections of a report; each says nothing where it has nothing to say."""
