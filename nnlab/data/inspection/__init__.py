"""What is known of a dataset's pictures when each was looked at once: what data checks go by."""
