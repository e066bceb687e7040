"""What people bring: files in any form and order, opened, counted and sorted, with their origin."""
