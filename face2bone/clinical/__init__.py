"""Published scores and the referral rules; every text and threshold is data with its source."""
