"""What a comparison of two backends leaves behind: its folder, its document, its page."""
