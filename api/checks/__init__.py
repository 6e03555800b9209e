"""What ``shengyu doctor`` looks at, one small function a question."""
