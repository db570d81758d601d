"""What is true: certificates, dates, rules, reminders, reach. Pure, and imports nothing of ours."""
