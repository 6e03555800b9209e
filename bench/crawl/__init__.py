"""Our crawl beside plain Scrapy on one local site."""
