"""What speaks HTTP only: clients of the vendors, and checks of clients and of servers."""
