"""Who sees what on the way: websites through three routes, calls and chats."""
