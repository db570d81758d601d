"""A stand-in for Tencent Cloud's API 3.0: speech, short messages, faces, ID cards."""
