"""What every page stands on: the session, jobs, elements, and the server round them."""
