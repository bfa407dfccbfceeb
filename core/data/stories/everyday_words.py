"""The wordings of everyday stories: slots as in :mod:`core.data.stories.words`, and {first} and {last} about them."""

from core.data.stories.words import Phrasebook

WITH_TRAIL = frozenset(("goes", "stays", "go with"))
# What people put behind a place.
TRAIL = (
    *(" at night", " around midday", " for an hour", " on foot", " by bicycle", " by tram", " all alone", " once more"),
    *(" to have a rest", " to look around", " because it was raining", " with {stranger}", " in the early morning"),
    *(" as fast as possible", " for lunch", " before dinner", " on Sunday", " without a word", " at last"),
)
_FIRST = (
    *("",) * 8,
    *("Finally ", "All at once ", "At midnight ", "Some time later ", "After a few minutes ", "Without a word "),
    *("In the early afternoon, ", "Today ", "Of course ", "Two hours later ", "After breakfast ", "Unfortunately "),
)

# Sentences of a tale that say nothing about any question, in words that no network knows.
PROSE = (
    *(
        "{who} woke up.",
        "{who} looked out of the window.",
        "{who} wore a warm hat.",
        "{who} was humming.",
        "{who} felt cold.",
    ),
    *(
        "{who} closed the door.",
        "{who} told a joke.",
        "{who} ate a sandwich.",
        "{who} thanked {other}.",
        "{who} phoned {other}.",
    ),
    *("{who} saw {other} from afar.", "{who} admired {thing}.", "{who} polished {thing}.", "{who} asked for {thing}."),
    *(
        "The sun came out.",
        "The wind howled.",
        "A dog barked.",
        "It was a warm evening.",
        "The bells rang.",
        "Nothing moved.",
    ),
    *(
        "It smelled of soup.",
        "{who} dreamt of {place}.",
        "{who} talked about {place}.",
        "{who} was thinking of {other}.",
    ),
    *(
        "{who} is happy.",
        "{who} was very proud.",
        "{who} is nine years old.",
        "{who} seemed worried.",
        "{who} likes {other}.",
    ),
    *("{who} wants to go to {place}.", "{who} will go to {place} tomorrow.", "{who} did not take {thing}."),
)


def _told(*patterns: str) -> tuple[str, ...]:
    """Wordings behind a beginning that says nothing."""
    return tuple(f"{{first}}{pattern}" for pattern in patterns)


EVERYDAY: Phrasebook = {
    "first": _FIRST,
    "goes": _told(
        "{who} is on the way to {place}{last}.", "{who} has come to {place}{last}.",
        "{who} is going to {place}{last}.", "{who} rode to {place}{last}.", "{who} sailed to {place}{last}.",
        "{who} has just gone to {place}{last}.", "{who} set off for {place}.", "{who} left for {place}{last}.",
        "{who} went back into {place}{last}.", "{who} was driven to {place}.", "{who} reached {place}{last}.",
        "{who} came from afar to {place}.", "{who} climbed up to {place}{last}.", "{who} went to {place}{last}.",
        "{who} ran off to {place}{last}.",
    ),
    "go with": _told(
        "{who} went to {place} with {other}.", "{who}, together with {other}, walked to {place}.",
        "{who} and {other} drove to {place}{last}.", "{who} and {other} are at {place} now.",
        "{who} met {other} in {place}.",
    ),
    "stays": _told(
        "{who} is sleeping in {place}{last}.", "{who} was standing in {place}{last}.",
        "{who} waits at {place}{last}.", "{who} is in {place}{last}.", "{who} stayed in {place}{last}.",
        "{who} is working inside {place}{last}.",
    ),
    "not in": (
        *("{who} did not go to {place}.", "{who} is not at {place}.", "{who} isn't in {place}."),
        *("{who} never went to {place}.", "{who} was not in {place}."),
    ),
    "leaves": (
        *("{who} is no longer in {place}.", "{who} has left {place}.", "{who} came out of {place}."),
        *("{who} ran away from {place}.",),
    ),
    "either": (
        *("{who} is in {place} or in {other}.", "Either {who} is in {place} or in {other}."),
        *("{who} is either at {place} or at {other}.",),
    ),
    "perhaps": (
        *("Perhaps {who} is in {place}.", "{who} may be at {place}.", "{who} is probably in {place}."),
        *("Maybe {who} went to {place}.", "I think {who} is in {place}."),
    ),
    "everybody": _told(
        "everybody went to {place}.", "everyone drove to {place}.",
    ),
    "nobody": (
        *("Nobody is in {place}.", "No one is at {place}."),
    ),
    "gets": _told(
        "{who} took {thing}.", "{who} has picked up {thing}.", "{who} is carrying {thing}.",
        "{who} got hold of {thing}.", "{who} found {thing}.", "{who} has {thing}.", "{who} bought {thing}.",
    ),
    "finds": _told(
        "{who} found {thing} in {place}.", "{who} picked up {thing} at {place}.", "{who} got {thing} in {place}.",
    ),
    "carries": _told(
        "{who} took {thing} to {place}.", "{who} brought {thing} into {place}.",
        "{who} carried {thing} over to {place}.",
    ),
    "drops": _told(
        "{who} put {thing} down.", "{who} has dropped {thing}.", "{who} put {thing} down there.",
        "{who} got rid of {thing}.", "{who} let go of {thing}.",
    ),
    "puts": _told(
        "{who} put {thing} into {place}.", "{who} laid {thing} on {place}.", "{who} hid {thing} under {place}.",
        "{who} has placed {thing} in {place}.",
    ),
    "gives": _told(
        "{thing} was given to {to} by {who}.", "{to} was handed {thing} by {who}.",
        "{to} got {thing} from {who}.", "{who} handed {thing} over to {to}.", "{who} lent {to} {thing}.",
        "{to} received {thing} from {who}.", "{who} passed {thing} on to {to}.",
    ),
    "thing in": (
        *("{thing} is in {place}.", "{thing} is lying in {place}.", "{thing} was found in {place}."),
        *("In {place} there is {thing}.", "{thing} stands behind {place}."),
    ),
    "who is in": (
        *("Who is in {place}?", "Who is in {place} now?", "Who went to {place}?"),
    ),
}  # fmt: skip
