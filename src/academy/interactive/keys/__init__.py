"""Keys to an account: words chosen by dice, how long guessing takes, and what a second factor stops."""
