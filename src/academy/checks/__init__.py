"""What is looked at before content is released: whether it reads well, gives nothing away and works."""
