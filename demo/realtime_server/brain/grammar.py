"""What visitors are expected to say, as a grammar for the ears (JSGF)."""

from .riddles import RIDDLES
from .understanding import COSTUMES

_PHRASES = (
    "trick or treat",
    "happy halloween",
    "merry christmas",
    "[oh] (hello | hi | hey) [there] [pumpkin | ghost | witch | santa]",
    "good evening",
    "good night",
    "(good bye | bye bye | bye | see you)",
    "[we | i] have to go [now]",
    "(yes | yeah | okay | sure | no) [please | thank you]",
    "thank you [very much]",
    "(i don't know | i do not know | no idea | i give up)",
    "[please] (tell me | what is) the answer",
    "[please] give me a hint",
    "[please] tell me a (joke | riddle | story)",
    "another one [please]",
    "one more [please]",
    "[please] say that again",
    "what did you say",
    "who are you",
    "what are you",
    "what is your name",
    "how old are you",
    "are you (real | scary | a ghost | a pumpkin | a computer)",
    "where do you live",
    "how are you",
    "[please] (laugh | scare me | make me laugh)",
    "i am (scared | not scared | afraid | not afraid)",
    "(can i | may i | can we | i want) [please] [have] [some] <sweets>",
    "<sweets> please",
    "[please] turn (on | off) the (light | lights | music | fog | smoke)",
    "[please] (open | close | lock) the (door | garage | window)",
    "[please] play [some] (music | thunder)",
    "[please] look at (me | my costume)",
    "what time is it",
    "how (warm | cold) is it [outside]",
    "<guess> [a | an | the | my | your] <thing>",
    "[a | an | the | my | your] <thing>",
    "(i am | i'm | we are | i am dressed as | i'm dressed as) [a | an] <costume> [too]",
)

_GUESSES = ("it is", "it's", "is it", "is that", "could it be", "it must be")


def grammar() -> str:
    """Return the grammar of everything that is expected at the door."""
    things = sorted(
        {word for riddle in RIDDLES for word in riddle.answers} | set(COSTUMES)
    )
    return "\n".join(
        (
            "#JSGF V1.0;",
            "grammar porch;",
            "<sweets> = candy | a treat | treats | sweets | chocolate;",
            f"<costume> = {' | '.join(COSTUMES)};",
            f"<thing> = {' | '.join(things)};",
            f"<guess> = [i think] [maybe] ({' | '.join(_GUESSES)});",
            f"public <said> = {' | '.join(_PHRASES)};",
        )
    )
