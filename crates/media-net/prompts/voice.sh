# How our scripts speak and make music; sourced by make.sh here and by the demo's. Needs espeak-ng, sox and ffmpeg.
# $work is a folder of the caller's that may be thrown away.

# What each voice lacks to the house's loudness (-23 LUFS, see crates/media/src/loudness.rs), in dB.
GAIN_DA=3.4
GAIN_EN=4.6

# A word or sentence as a clip of 16 kHz, which wideband phones and browsers hear, trimmed to the voice, faded at both edges so
# that clips can follow each other without a click, all with one gain so that a voice doesn't jump within a sentence, then lifted
# to the loudness of the house.
#   clip LANGUAGE FILE TEXT [LEAD TAIL]: silence before and after it, in seconds
clip() {
    case $1 in
        da) voice=da speed=150 gain=$GAIN_DA ;;
        en) voice=en-gb speed=155 gain=$GAIN_EN ;;
    esac
    espeak-ng -v "$voice" -s "$speed" -p 45 -w "$work/voice.wav" "$3"
    sox -R "$work/voice.wav" -r 16000 -c 1 -b 16 "$work/clip.wav" gain -6 highpass 120 lowpass 7000 \
        silence 1 0.005 0.4% reverse silence 1 0.005 0.4% fade t 0.012 reverse fade t 0.006 \
        gain "$gain" pad "${4:-0.01}" "${5:-0.03}"
    wrap "$work/clip.wav" "$2"
}

# A sound to what the file's name says, the same bytes each time: Opus (3 kB/s), or WAV of G.722 (8 kB/s).
wrap() {
    case $2 in
        *.opus) set -- "$1" "$2" -c:a libopus -b:a 24k -application voip -frame_duration 20 ;;
        *.wav) set -- "$1" "$2" -c:a g722 ;;
    esac
    from=$1
    to=$2
    shift 2
    ffmpeg -v error -y -i "$from" "$@" -bitexact -map_metadata -1 "$to"
}
