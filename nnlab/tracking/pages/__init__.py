"""HTML pages that need nothing but themselves: no network, no library, light and dark, on screen and on paper."""
