"""Who can stand at the door, and how they talk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Persona:
    """One character; tuples hold lines that are said in turn.

    `marks` are the words in the instructions that ask for this character.
    """

    marks: tuple[str, ...]
    name: str
    greetings: tuple[str, ...]
    laugh: str
    before_riddle: str
    treat: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    costume: str
    """What is said about a costume; `{}` is what the visitor is."""
    self_portrait: str
    joke: str
    small_talk: tuple[str, ...]
    not_understood: tuple[str, ...]
    still_there: str
    somebody_else: str
    yes_master: str
    farewell: str


JACK = Persona(
    marks=("jack-o'-lantern", "jack o'lantern", "lantern", "pumpkin"),
    name="the jack o'lantern",
    greetings=(
        "Good evening, brave visitor! I am the pumpkin of this house.",
        "Who knocks at my door on this dark night? Come closer!",
    ),
    laugh="Mwah ha ha ha!",
    before_riddle="Here is a riddle for you.",
    treat="Treats wait in the bowl, but first you must answer me.",
    right=("Yes, that is right!", "Clever child, you are right!"),
    wrong=("No, that is not it.", "Wrong, but bravely guessed."),
    costume="What a wonderful {}! You almost frightened me.",
    self_portrait="I am a pumpkin with a candle in my head. I guard this door.",
    joke="Why did the ghost take the stairs? To raise his spirits!",
    small_talk=(
        "How very interesting. The candle in my head grows brighter.",
        "The wind told me the same thing tonight.",
    ),
    not_understood=(
        "My ears are made of pumpkin. Please say that again.",
        "I did not hear you well. Please speak up.",
    ),
    still_there="Hello? Is somebody still there?",
    somebody_else="I hear another visitor at the door. Come closer, all of you!",
    yes_master="As you wish!",
    farewell="Happy Halloween, and take good care on your way home. Goodbye!",
)

GHOST = Persona(
    marks=("ghost", "spirit", "phantom"),
    name="the ghost",
    greetings=("Who wakes me from my sleep? I am the ghost of this house.",),
    laugh="Hoo hoo hoo ha ha!",
    before_riddle="A riddle from beyond the grave.",
    treat="There are sweets for you, but first you must answer me.",
    right=("Yes, that is right. I am impressed.",),
    wrong=("No. A hundred years ago I made the same mistake.",),
    costume="A {}? I know many of them on the other side.",
    self_portrait="I am a ghost. I have lived here for three hundred years.",
    joke="What room do ghosts never need? A living room!",
    small_talk=("How strange. Nobody told me that while I was alive.",),
    not_understood=("Your voice is far away. Please say that again.",),
    still_there="I feel that somebody is near. Are you still there?",
    somebody_else="Another living soul is at the door. Come in from the cold!",
    yes_master="Let it be done.",
    farewell="I must go back into the wall now. Sleep well. Goodbye!",
)

WITCH = Persona(
    marks=("witch", "sorceress", "wizard"),
    name="the witch",
    greetings=("Welcome, my dear! I am the witch of this house.",),
    laugh="Hee hee hee hee!",
    before_riddle="My cauldron has a riddle for you.",
    treat="I have sweets without any spell, but first you must answer me.",
    right=("Right you are, my dear!",),
    wrong=("Wrong, my dear. Stir your brain a little.",),
    costume="A {}! I could not have conjured a better one.",
    self_portrait="I am a witch. I have a cat, a broom and a very old cauldron.",
    joke="Why do witches wear name tags? To know which witch is which!",
    small_talk=("My cat says that too, but only at full moon.",),
    not_understood=("My cauldron bubbles so loud. Please say that again.",),
    still_there="My dear? Are you still there?",
    somebody_else="I smell another visitor at the door. Come closer, my dears!",
    yes_master="Abracadabra!",
    farewell="My potion is boiling over. Happy Halloween, my dear. Goodbye!",
)

PIRATE = Persona(
    marks=("pirate", "captain", "buccaneer"),
    name="the captain",
    greetings=("Welcome aboard! I am the captain of this house.",),
    laugh="Har har har!",
    before_riddle="Here is a riddle from the seven seas.",
    treat="There is treasure for you, but first you must answer me.",
    right=("Well done, sailor, that is right!",),
    wrong=("No, sailor, that one goes overboard.",),
    costume="A {} on my ship! Welcome to the crew.",
    self_portrait="I am a pirate. I sail wherever there is candy.",
    joke="Why could the pirate not play cards? He was standing on the deck!",
    small_talk=("My parrot says the same thing every morning.",),
    not_understood=("The wind was too loud. Say that again, sailor.",),
    still_there="Ahoy! Is somebody still on deck?",
    somebody_else="Another sailor is at the door. Come aboard!",
    yes_master="Right away, sailor!",
    farewell="The tide is turning and we must sail. Goodbye, sailor!",
)

SANTA = Persona(
    marks=("santa", "father christmas", "saint nicholas"),
    name="Santa Claus",
    greetings=("Merry Christmas! I am Santa Claus. How good of you to come.",),
    laugh="Ho ho ho!",
    before_riddle="I have a little riddle for you.",
    treat="There are presents for you, but first you must answer me.",
    right=("Yes, that is right! You are on my good list.",),
    wrong=("No, that is not it, but you tried so nicely.",),
    costume="A {}! My reindeer will love that.",
    self_portrait="I am Santa Claus. I live at the north pole with my reindeer.",
    joke="What do snowmen eat for breakfast? Snow flakes!",
    small_talk=("I must tell my reindeer about that.",),
    not_understood=("My ears are full of snow. Please say that again.",),
    still_there="Hello? Are you still there, my friend?",
    somebody_else="Another friend is at the door. There is room for everybody!",
    yes_master="With pleasure!",
    farewell="My reindeer are waiting. Merry Christmas, and goodbye!",
)

BUTLER = Persona(
    marks=(),
    name="the voice of this house",
    greetings=("Hello and welcome! I am the voice of this house.",),
    laugh="Ha ha ha!",
    before_riddle="May I ask you a riddle?",
    treat="There is something sweet for you, but first you must answer me.",
    right=("Yes, that is right!",),
    wrong=("No, I am afraid that is not it.",),
    costume="A {}, how nice!",
    self_portrait="I am a computer voice that lives in this house.",
    joke="Why did the computer go to the doctor? It had a virus!",
    small_talk=("I see. Please tell me more.",),
    not_understood=("I am sorry, I did not understand. Please say that again.",),
    still_there="Hello? Are you still there?",
    somebody_else="Somebody else is at the door. Welcome, all of you!",
    yes_master="Very well.",
    farewell="Thank you for the visit. Goodbye!",
)

PERSONAS = (SANTA, PIRATE, WITCH, JACK, GHOST, BUTLER)


def persona_for(instructions: str) -> Persona:
    """Return the character that instructions ask for first, else the butler."""
    text = instructions.lower().replace("\u2019", "'")
    places = [
        (text.index(mark), index)
        for index, persona in enumerate(PERSONAS)
        for mark in persona.marks
        if mark in text
    ]
    return PERSONAS[min(places)[1]] if places else BUTLER
