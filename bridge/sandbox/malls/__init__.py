"""Simulated malls: the same wire, rules and mistakes as the real ones, with a stock and shoppers of their own."""
