"""What the measurements share: real servers, load from processes of their own, and honest tables."""
