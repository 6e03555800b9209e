"""Learning from people: their marks on mentions, what follows from them, and how right we are."""
