"""What a signed agreement permits, to whom, under which guards; and what is sealed."""
