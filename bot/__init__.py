"""weldmate: the WeChat assistant a welder trusts with his certificate."""
