"""A stand-in for WeChat's servers: it pushes, answers API calls, and has a clock one can turn."""
