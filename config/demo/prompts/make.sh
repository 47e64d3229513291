#!/bin/sh
# Makes the demo's prompts, as crates/media-net/prompts/make.sh makes the built-in ones, whose music it takes.
#
# Needs espeak-ng (Danish and English voices), sox and ffmpeg. The results are committed, so nobody has to run this.
#
#   config/demo/prompts/make.sh        from anywhere; writes beside itself
set -eu

here=$(cd "$(dirname "$0")" && pwd)
built_in=$here/../../../crates/media-net/prompts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$built_in/voice.sh"

message() {
    clip "$1" "$2" "$3" 0.15 0.25
}

# The demo's own: the joint hotline, and three members with greetings of their own.
message da "$here/greeting.da.wav" "Velkommen til den fælles hotline for borgerservice. Vent venligst, så svarer vi så snart vi kan."
message en "$here/greeting.en.wav" "Welcome to the joint citizens' hotline. Please hold the line. We will answer as soon as we can."
message da "$here/closed.da.wav" "Hotlinen har lukket. Vi har åbent på hverdage fra klokken otte. Du kan også finde hjælp på borger punktum d k. Tak for dit opkald."
message en "$here/closed.en.wav" "The hotline is closed. We open at eight in the morning on weekdays. Goodbye."
message da "$here/full.da.wav" "Der er lige nu så mange i køen, at vi ikke kan nå dig inden for rimelig tid. Prøv igen senere i dag."
message en "$here/full.en.wav" "So many people are waiting that we cannot reach you in reasonable time. Please try again later today."
message da "$here/gave_up.da.wav" "Du har ventet længe, og vi kunne desværre ikke svare. Det beklager vi. Ring igen senere."
message en "$here/gave_up.en.wav" "You have waited a long time, and we could not answer. We are sorry. Please call again later."
message da "$here/menu_emner.da.wav" "Tryk ét for pas og kørekort. Tryk to for flytning. Tryk tre for Mit I D. Ellers tager en medarbejder dit opkald."
mkdir -p "$here/0101" "$here/0461" "$here/0751"
message da "$here/0101/greeting.da.wav" "Velkommen til Københavns Kommune. Vent venligst, så svarer vi så snart vi kan."
message da "$here/0461/greeting.da.wav" "Velkommen til Odense Kommune. Vent venligst, så svarer vi så snart vi kan."
# Written as it is spoken, for the voice reads "Aa" as two sounds.
message da "$here/0751/greeting.da.wav" "Velkommen til Århus Kommune. Vent venligst, så svarer vi så snart vi kan."
message en "$here/0751/greeting.en.wav" "Welcome to the City of Aarhus. Please hold the line. We will answer as soon as we can."
cp "$built_in/music.wav" "$here/music.wav"
