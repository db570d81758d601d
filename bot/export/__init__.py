"""What leaves as a file: an application for filing, a receipt as a picture."""
