"""What can be done in the window, and with which keys: the buttons, the help and the menu."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """Something the user can do.

    Parameters
    ----------
    name : str
        The window's word for it.
    group : str
        Where it stands in the help.
    text : str
        On its button.
    keys : tuple of str
        Any of them does it; as Qt writes them.
    tells : str
        What it does, in a sentence for a trainee.
    toggles : bool
        Whether it is on or off.
    modes : str
        Where it means anything: ``l`` live, ``r`` replay.
    repeats : bool
        Whether it is done again and again while its key is held.
    """

    name: str
    group: str
    text: str
    keys: tuple[str, ...]
    tells: str
    toggles: bool = False
    modes: str = "lr"
    repeats: bool = False


ACTS = (
    Act("freeze", "Look", "Freeze", ("Space",),
        "Hold the picture to measure in it. A recording goes on meanwhile.", toggles=True),
    Act("back", "Look", "Back", ("Left",),
        "Frozen: a quarter of a screen back. Replay: jump back.", repeats=True),
    Act("forth", "Look", "Forward", ("Right",), "The same forward.", repeats=True),
    Act("page_back", "Look", "Page back", ("PgUp",), "A whole screen back.", repeats=True),
    Act("page_forth", "Look", "Page forward", ("PgDown",), "A whole screen forward.", repeats=True),
    Act("first", "Look", "Begin", ("Home",), "To the beginning of the recording."),
    Act("last", "Look", "End", ("End",), "To the end: what is newest."),
    Act("gain_up", "Look", "Larger", ("Up", "+", "="),
        "Draw traces larger: fewer µV in a division. Left and right always share one gain.",
        repeats=True),
    Act("gain_down", "Look", "Smaller", ("Down", "-"), "Draw traces smaller.", repeats=True),
    Act("time_up", "Look", "Longer", (".",), "Show more seconds across a column.", repeats=True),
    Act("time_down", "Look", "Shorter", (",",), "Show fewer seconds across a column.",
        repeats=True),
    Act("scrolls", "Look", "Scroll", ("S",),
        "Let the traces scroll, the newest at the right edge; otherwise they sweep.", toggles=True),
    Act("raw", "Look", "Raw", ("W",), "Draw the signal as it came from the electrodes.",
        toggles=True),
    Act("filtered", "Look", "Filtered", ("F",),
        "Draw the band of the EMG, in which bursts are found.", toggles=True),
    Act("envelope", "Look", "Envelope", ("E",), "Draw the strength of the signal (RMS).",
        toggles=True),
    Act("levels", "Look", "Thresholds", ("T",),
        "Draw noise level (dots), off and on threshold (dashes). Drag the dashes to change them.",
        toggles=True),
    Act("mirrored", "Look", "Face to face", ("X",),
        "The patient's right on the left of the screen, as seen face to face.", toggles=True),
    Act("center", "Look", "Centre", ("0",), "Put drifting raw traces back on their lines."),
    Act("cursors", "Measure", "Cursors", ("C",),
        "Two lines in the frozen picture: time between them, peak-to-peak and RMS of every "
        "channel.", toggles=True),
    Act("cursor_a_back", "Measure", "A back", ("[",), "Move cursor A back by 1 % of the screen.",
        repeats=True),
    Act("cursor_a_forth", "Measure", "A forward", ("]",), "Move cursor A forward.", repeats=True),
    Act("cursor_b_back", "Measure", "B back", ("{",), "Move cursor B back by 1 % of the screen.",
        repeats=True),
    Act("cursor_b_forth", "Measure", "B forward", ("}",), "Move cursor B forward.", repeats=True),
    Act("spectrum", "Measure", "Spectrum", ("G",), "Spectrum of what lies between the cursors.",
        toggles=True),
    Act("snapshot", "Measure", "Snapshot", ("P",),
        "Save the picture (PNG), the settings (JSON) and the samples shown."),
    Act("record", "Record", "Record", ("Ctrl+R",), "Begin a recording, or end it.",
        toggles=True, modes="l"),
    Act("text", "Record", "Marker text", ("M", "Return"),
        "Type a marker; it is set where you began to type. Keys 1 to 9 set the markers of the "
        "config at once. A movement then lasts 3 s, any other task until the next one begins.",
        modes="l"),
    Act("undo", "Record", "Undo marker", ("Backspace", "Ctrl+Z"),
        "Take the last marker back; the recording keeps it, and that it was undone.",
        modes="l"),
    Act("check", "Record", "Signal check", ("Q",),
        "Noise, mains, rails and impedance of every electrode, before recording.",
        toggles=True, modes="l"),
    Act("again", "Record", "Try again", ("Ctrl+T",),
        "Look for the board again, once a stream has ended by itself.", modes="l"),
    Act("play", "Replay", "Play", ("K",), "Play or pause.", toggles=True, modes="r"),
    Act("faster", "Replay", "Faster", (">",), "Play faster, up to 16 times.", modes="r",
        repeats=True),
    Act("slower", "Replay", "Slower", ("<",), "Play slower, down to a quarter.", modes="r",
        repeats=True),
    Act("loops", "Replay", "Loop", ("L",), "Begin again at the end.", toggles=True, modes="r"),
    Act("next_spasm", "Replay", "Next spasm", ("N",), "Go to the next spasm.", modes="r",
        repeats=True),
    Act("last_spasm", "Replay", "Previous spasm", ("B",), "Go to the spasm before.", modes="r",
        repeats=True),
    Act("next_event", "Review", "Next event", ("J",),
        "Go to the next event of the tables; the replay pauses there.", modes="r", repeats=True),
    Act("last_event", "Review", "Previous event", ("H",), "Go to the event before.", modes="r",
        repeats=True),
    Act("accept", "Review", "Accept", ("A",),
        "The event is what it is called. Goes on to the next one that is not decided.", modes="r"),
    Act("reject", "Review", "Reject", ("R",), "It is no such event: it does not count.", modes="r"),
    Act("call_spasm", "Review", "Spasm", ("1",), "It is a spasm.", modes="r"),
    Act("call_blink", "Review", "Blink", ("2",), "It is a blink.", modes="r"),
    Act("call_voluntary", "Review", "Voluntary", ("3",), "It is a movement on purpose.",
        modes="r"),
    Act("call_artifact", "Review", "Artifact", ("4",), "It does not come from a muscle.",
        modes="r"),
    Act("call_blepharospasm", "Review", "Blepharospasm", ("5",),
        "Both eyes close involuntarily.", modes="r"),
    Act("call_myokymia", "Review", "Myokymia", ("6",), "A muscle moves in a rhythm of its own.",
        modes="r"),
    Act("theme", "Window", "Dark / light", ("D",), "Change between dark and light colours."),
    Act("larger", "Window", "Larger text", ("Ctrl++", "Ctrl+="), "Make all text larger.",
        repeats=True),
    Act("smaller", "Window", "Smaller text", ("Ctrl+-",), "Make all text smaller.", repeats=True),
    Act("full", "Window", "Full screen", ("F11",), "Use the whole screen.", toggles=True),
    Act("save_config", "Window", "Save config", ("Ctrl+S",),
        "Save the config with the thresholds you dragged."),
    Act("open", "Window", "Open", ("Ctrl+O",), "Open another recording to replay.", modes="r"),
    Act("help", "Window", "Help", ("?", "F1"),
        "Show or hide this page; arrows scroll it, Escape hides it.", toggles=True),
    Act("quit", "Window", "Quit", ("Ctrl+Q",),
        "Close the window; a recording under way is ended whole."),
)  # fmt: skip
"""Everything, in the order of the help."""


def step(values: tuple[float, ...], value: float, steps: int) -> float:
    """The value so many steps on from the nearest of `values`, within them."""
    nearest = min(range(len(values)), key=lambda k: abs(values[k] - value))
    return values[min(max(nearest + steps, 0), len(values) - 1)]
