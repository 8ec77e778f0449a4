"""Pages of our own, shown in the person's browser on a loopback port that lives as long as they are needed."""
