#!/bin/sh
# Makes the built-in sounds: whole messages, the clips that numbers, times and sentences are put together from, music,
# and signals. (config/demo/prompts has a script of its own.) The results are committed; nobody has to run this to build or try.
#
# The voices are robotic: every municipality replaces them by its own WAV files of the same names (docs/prompts.md).
# Clips and their words stand in clips.da.tsv and clips.en.tsv: name, tab, what is spoken
# (spelt as the voice needs it: written as one word, it reads "enog" wrongly).
#
#   crates/media-net/prompts/make.sh        from anywhere; writes beside itself
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/voice.sh"

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
# beginning, so that the loop has no seam. Notes in semitones from the A of 440 Hz. Nothing of it is above 2.4 kHz, so
# that A-law at 8 kHz carries it all, and has no start-up of its own that would be heard at the seam.
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
    sox -R -m -v 1 "$work/body.wav" -v 1 "$work/tail.wav" -e a-law "$1" gain -n -18.3
}

message() {
    clip "$1" "$here/$2.$1.opus" "$3" 0.15 0.25
}

# Says nothing that isn't true of every centre.
message da greeting "Velkommen. Du bliver stillet videre, så snart der er en ledig medarbejder."
message en greeting "Welcome. You will be connected as soon as someone is free."
message da closed "Vi har lukket nu. Ring igen i vores åbningstid. Tak for dit opkald."
message en closed "We are closed now. Please call again during our opening hours. Goodbye."
message da full "Der er lige nu mange, der venter. Prøv igen lidt senere. Tak for dit opkald."
message en full "Many people are waiting just now. Please try again a little later. Goodbye."
message da full_closing "Der venter så mange, at vi ikke når flere, før vi lukker. Ring igen i vores åbningstid. Tak for dit opkald."
message en full_closing "So many people are waiting that we cannot take more calls before we close. Please call again during our opening hours. Goodbye."
message da gave_up_closing "Vi kunne desværre ikke nå at svare. Ring igen i vores åbningstid. Tak, fordi du ventede."
message en gave_up_closing "We are sorry that we could not answer in time. Please call again during our opening hours. Goodbye."
message da gave_up "Vi kunne desværre ikke svare i tide. Ring igen lidt senere. Tak, fordi du ventede."
message en gave_up "We are sorry that we could not answer in time. Please call again a little later."
message da still_served "Vi lukker nu for nye opkald. Du er stadig i køen, og vi tager dit opkald."
message en still_served "We are now closed for new calls. You are still in the queue, and we will take your call."
# Short: who says nothing has said no.
clip da "$here/recording_consent.da.opus" "Må vi optage samtalen? Tryk ét for ja." 0.1 0.1
clip en "$here/recording_consent.en.opus" "May we record this call? Press one for yes." 0.1 0.1

# Menus whose words are true of every plan (docs/prompts.md says which key they name). A question for the language is asked in both.
#   both FILE LANGUAGE TEXT LANGUAGE TEXT
both() {
    clip "$2" "$work/first.opus" "$3" 0.15 0.3
    mv "$work/clip.wav" "$work/first.wav"
    clip "$4" "$work/second.opus" "$5" 0.01 0.25
    mv "$work/clip.wav" "$work/second.wav"
    sox "$work/first.wav" "$work/second.wav" "$work/both.wav"
    wrap "$work/both.wav" "$here/$1"
}
both menu_language.da.opus da "Tryk ét for dansk." en "For English, press two."
both menu_language.en.opus en "For English, press two." da "Tryk ét for dansk."
message da menu_postal_code "Tast de fire cifre i dit postnummer."
message en menu_postal_code "Please type the four digits of your postal code."
message da menu_callback "Tryk ét, hvis vi skal ringe til dig på et aftalt tidspunkt. Ellers bliver du stillet i kø."
message en menu_callback "Press one if we should call you at an agreed time. Otherwise, please wait to be connected."
message da menu_voicemail "Tryk ét for at lægge en besked. Ellers bliver du stillet i kø."
message en menu_voicemail "Press one to leave a message. Otherwise, please wait to be connected."

message da callback_offer "Tryk ét, hvis vi skal ringe til dig, når det er din tur. Du beholder din plads i køen."
message en callback_offer "Press one if we should call you when it is your turn. You keep your place in the queue."
message da callback_number "Vi ringer til"
message en callback_number "We will call"
message da callback_confirm "Tryk ét, hvis det er rigtigt. Tryk to for et andet nummer."
message en callback_confirm "Press one if this is right. Press two for another number."
message da callback_type "Tast dit telefonnummer, og slut med firkant."
message en callback_type "Please type your telephone number, followed by the hash key."
message da callback_wrong "Det nummer kan vi ikke ringe til."
message en callback_wrong "We can not call that number."
message da callback_promised "Tak. Vi ringer, når det er din tur. Du kan lægge på nu."
message en callback_promised "Thank you. We will call when it is your turn. You may hang up now."
message da callback_already "Vi har allerede lovet at ringe til det nummer."
message en callback_already "We have already promised to call that number."
message da callback_slot "Tryk ét, hvis det passer. Tryk to for et senere tidspunkt."
message en callback_slot "Press one if that suits you. Press two for a later time."
message da callback_booked "Tak. Det er aftalt, og vi ringer til dig. Du kan lægge på nu."
message en callback_booked "Thank you. That is agreed, and we will call you. You may hang up now."
message da callback_no_slot "Der er desværre ingen ledige tidspunkter. Ring gerne igen senere. Tak for dit opkald."
message en callback_no_slot "We are sorry, there are no free times. You are welcome to call again later. Goodbye."
message da callback_not_booked "Vi har ikke aftalt et tidspunkt. Ring gerne igen. Tak for dit opkald."
message en callback_not_booked "We have not agreed on a time. You are welcome to call again. Goodbye."

message da voicemail "Læg en besked efter tonen, og afslut med firkant. Vi vender tilbage til dig."
message en voicemail "Please leave a message after the tone, and end with the hash key. We will get back to you."
message da voicemail_thanks "Tak. Vi har fået din besked. Farvel."
message en voicemail_thanks "Thank you. We have got your message. Goodbye."
message da voicemail_nothing "Vi hørte ingen besked. Ring igen, hvis du vil lægge en. Farvel."
message en voicemail_nothing "We heard no message. Please call again if you want to leave one. Goodbye."
message da voicemail_full "Vi kan desværre ikke tage imod beskeder lige nu. Ring igen i vores åbningstid. Farvel."
message en voicemail_full "We are sorry that we can not take messages just now. Please call again during our opening hours."
message da voicemail_lost "Din besked kunne desværre ikke gemmes. Ring igen, så vi kan få den. Farvel."
message en voicemail_lost "We are sorry that your message could not be kept. Please call again. Goodbye."
# After which a citizen speaks.
sox -R -n -r 8000 -c 1 -e a-law "$here/voicemail_tone.wav" synth 0.6 sine 880 fade t 0.02 0.6 0.02 vol 0.1

tab=$(printf '\t')
for language in da en; do
    while IFS=$tab read -r name words; do
        clip "$language" "$here/$name.$language.opus" "$words" </dev/null
    done <"$here/clips.$language.tsv"
done

music "$here/music.wav"
# The ringing tone of Danish networks: 425 Hz, one second of five.
sox -R -n -r 8000 -c 1 -e a-law "$here/ringing.wav" synth 1 sine 425 fade t 0.01 1 0.01 vol 0.1 pad 0 4
# What a phone hears while its sound is checked.
sox -R -n -r 8000 -c 1 -e a-law "$here/sound_check.wav" synth 1 sine 1004 fade t 0.02 1 0.02 vol 0.1
# What an agent hears then, and how it ended. Agents read Danish; other languages would be files of the same names.
clip da "$here/sound_check_ask.da.opus" "Sig noget, eller tryk 1." 0.1 0.1
clip da "$here/sound_check_ok.da.opus" "Tak. Du kan høres." 0.1 0.1
clip da "$here/sound_check_unheard.da.opus" "Du kan ikke høres. Se på skærmen." 0.1 0.1
