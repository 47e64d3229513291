#!/bin/sh
# Makes the prompts and the music that come with Samkald: the demo's, and the built-in default set.
#
# Needs espeak-ng (Danish and English voices) and sox. The voices are robotic: every municipality replaces them
# by its own WAV files of the same names. The results are committed, so nobody has to run this to build or try.
#
#   config/demo/prompts/make.sh        from anywhere; writes beside itself and into crates/media-net/prompts
set -eu

here=$(cd "$(dirname "$0")" && pwd)
built_in=$here/../../../crates/media-net/prompts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say LANGUAGE FILE TEXT: mono, 8 kHz, A-law, evened loudness, a short breath before and after.
say() {
    case $1 in
        da) voice=da speed=145 ;;
        en) voice=en-gb speed=150 ;;
    esac
    espeak-ng -v "$voice" -s "$speed" -p 45 -w "$work/voice.wav" "$3"
    sox -R "$work/voice.wav" -r 8000 -c 1 -e a-law "$2" \
        gain -3 highpass 200 gain -n -5 pad 0.15 0.25
}

# chord FILE NOTE NOTE NOTE NOTE: a soft chord of five seconds that swells and fades.
chord() {
    out=$1
    shift
    for note in "$@"; do
        sox -R -n -r 8000 -c 1 -b 16 "$work/note.$note.wav" synth 5 sine "%$note" fade h 1.4 5 1.4 gain -14
        sox -R -n -r 8000 -c 1 -b 16 "$work/pluck.$note.wav" synth 5 pluck "%$note" fade t 0.01 5 2 gain -20
    done
    # The plucked notes follow each other; the held ones sound together.
    sox -R -m \
        "$work/note.$1.wav" "$work/note.$2.wav" "$work/note.$3.wav" "$work/note.$4.wav" \
        "|sox $work/pluck.$2.wav -p pad 0.9 trim 0 5" "|sox $work/pluck.$3.wav -p pad 1.7 trim 0 5" \
        "|sox $work/pluck.$4.wav -p pad 2.5 trim 0 5" "|sox $work/pluck.$3.wav -p pad 3.3 trim 0 5" \
        "$out" lowpass 2400 fade t 0.02 5 0.05
}

# Six chords, each beginning one second before the last one ends; what hangs over the end is laid under the
# beginning, so that the loop has no seam. Notes in semitones from the A of 440 Hz.
music() {
    chord "$work/1.wav" -16 -9 -5 0
    chord "$work/2.wav" -14 -10 -7 -2
    chord "$work/3.wav" -17 -10 -5 -2
    chord "$work/4.wav" -12 -9 -5 -2
    chord "$work/5.wav" -19 -12 -7 -4
    chord "$work/6.wav" -21 -14 -9 -5
    sox -R -m -v 1 "$work/1.wav" \
        -v 1 "|sox $work/2.wav -p pad 4" -v 1 "|sox $work/3.wav -p pad 8" -v 1 "|sox $work/4.wav -p pad 12" \
        -v 1 "|sox $work/5.wav -p pad 16" -v 1 "|sox $work/6.wav -p pad 20" "$work/long.wav"
    sox "$work/long.wav" "$work/tail.wav" trim 24 1
    sox "$work/long.wav" "$work/body.wav" trim 0 24
    sox -R -m -v 1 "$work/body.wav" -v 1 "$work/tail.wav" -e a-law "$1" gain -n -9
}

# The built-in set: says nothing that isn't true of every centre.
say da "$built_in/greeting.da.wav" "Velkommen. Du bliver stillet videre, så snart der er en ledig medarbejder."
say en "$built_in/greeting.en.wav" "Welcome. You will be connected as soon as someone is free."
say da "$built_in/closed.da.wav" "Vi har lukket nu. Ring igen i vores åbningstid. Tak for dit opkald."
say en "$built_in/closed.en.wav" "We are closed now. Please call again during our opening hours. Goodbye."
say da "$built_in/full.da.wav" "Der er lige nu mange, der venter. Prøv igen lidt senere. Tak for dit opkald."
say en "$built_in/full.en.wav" "Many people are waiting just now. Please try again a little later. Goodbye."
say da "$built_in/gave_up.da.wav" "Vi kunne desværre ikke svare i tide. Ring igen lidt senere. Tak, fordi du ventede."
say en "$built_in/gave_up.en.wav" "We are sorry that we could not answer in time. Please call again a little later."
music "$built_in/music.wav"

# The demo's own: the joint hotline, and three members with greetings of their own.
say da "$here/greeting.da.wav" "Velkommen til den fælles hotline for borgerservice. Vent venligst, så svarer vi så snart vi kan."
say en "$here/greeting.en.wav" "Welcome to the joint citizens' hotline. Please hold the line. We will answer as soon as we can."
say da "$here/closed.da.wav" "Hotlinen har lukket. Vi har åbent på hverdage fra klokken otte. Du kan også finde hjælp på borger punktum d k. Tak for dit opkald."
say en "$here/closed.en.wav" "The hotline is closed. We open at eight in the morning on weekdays. Goodbye."
say da "$here/full.da.wav" "Der er lige nu så mange i køen, at vi ikke kan nå dig inden for rimelig tid. Prøv igen senere i dag."
say en "$here/full.en.wav" "So many people are waiting that we cannot reach you in reasonable time. Please try again later today."
say da "$here/gave_up.da.wav" "Du har ventet længe, og vi kunne desværre ikke svare. Det beklager vi. Ring igen senere."
say en "$here/gave_up.en.wav" "You have waited a long time, and we could not answer. We are sorry. Please call again later."
mkdir -p "$here/0101" "$here/0461" "$here/0751"
say da "$here/0101/greeting.da.wav" "Velkommen til Københavns Kommune. Vent venligst, så svarer vi så snart vi kan."
say da "$here/0461/greeting.da.wav" "Velkommen til Odense Kommune. Vent venligst, så svarer vi så snart vi kan."
# Written as it is spoken, for the voice reads "Aa" as two sounds.
say da "$here/0751/greeting.da.wav" "Velkommen til Århus Kommune. Vent venligst, så svarer vi så snart vi kan."
say en "$here/0751/greeting.en.wav" "Welcome to the City of Aarhus. Please hold the line. We will answer as soon as we can."
cp "$built_in/music.wav" "$here/music.wav"
