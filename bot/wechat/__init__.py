"""The only room that knows wechatpy, and what WeChat's wire looks like."""
