"""Cards: what each duty room should see of which case, and whether it does."""
