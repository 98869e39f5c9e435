"""What every character says in the same words."""

EARNED = "You have earned your treat."
TAKE_IT = "You may take your treat now."
TRY_AGAIN = "Try once more!"
DONE = "It is done."
FAILED = "I am sorry, that did not work."
SEEN = "I see a small, brave figure under the moon. What a costume!"
"""Said of any picture: the local server has no eyes."""

BYE = "Goodbye!"

LINES = (SEEN, EARNED, TAKE_IT, TRY_AGAIN, DONE, FAILED, BYE)
