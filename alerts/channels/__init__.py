"""Ways to reach people: a mail server, or a folder where there is none."""
