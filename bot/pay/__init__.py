"""WeChat Pay v3, by the package wechatpayv3, which is imported in this room alone."""
