"""What was found on a job: take it, name it, write it down.  No Qt in here."""
