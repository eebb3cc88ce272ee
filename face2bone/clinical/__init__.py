"""Published scores and the referral rules; every text and threshold is a data file with its source."""
