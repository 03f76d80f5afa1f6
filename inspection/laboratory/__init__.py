"""What others say of the same sample, a laboratory or a colleague, and how often they agree."""
