"""What readers ask for: comments, the form, their own comment, links from mails."""
