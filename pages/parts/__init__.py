"""What the pages share: cached loaders, the choice of photo and settings, what-ifs. No page by itself."""
