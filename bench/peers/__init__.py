"""Other servers, each small and as its own documentation would have it, to measure beside."""
