"""WeChat's API as the bot calls it: HTTP 200 whatever happens, an errcode when it went wrong."""
