"""What a group keeps: twenty records to keep, to code, to move or to delete."""
