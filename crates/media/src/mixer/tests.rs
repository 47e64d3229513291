//! What the members of a conversation hear: tones that each of them sends, measured at each of the others.
//! Knows packets and ears; no worker, no socket, and not who the members are.

use super::*;

/// Samples, and bytes of G.711, of 20 ms.
const FRAME: usize = 160;

/// Someone who sends a tone in packets of 20 ms.
struct Speaker {
    hertz: f64,
    amplitude: f64,
    codec: Codec,
    sequence: u16,
    sample: u32,
}

impl Speaker {
    fn new(hertz: f64, codec: Codec) -> Self {
        Self { hertz, amplitude: 6_000.0, codec, sequence: 0, sample: 0 }
    }

    fn packet(&mut self) -> (RtpHeader, Vec<u8>) {
        let samples = self.sample..self.sample + FRAME as u32;
        let tone =
            |n: u32| (self.amplitude * (f64::from(n) * self.hertz * std::f64::consts::TAU / 8000.0).sin()) as i16;
        let payload = samples.map(|n| self.codec.law().expect("G.711").encode(tone(n))).collect();
        let (sequence, timestamp) = (self.sequence, self.sample);
        self.sequence = self.sequence.wrapping_add(1);
        self.sample += FRAME as u32;
        let ssrc = self.hertz as u32;
        (RtpHeader { payload_type: 8, marker: sequence == 0, sequence, timestamp, ssrc, payload: 12..172 }, payload)
    }

    fn speaks(&mut self, mixer: &mut Mixer, place: usize) {
        let (header, payload) = self.packet();
        mixer.hear(place, &header, self.codec, &payload);
    }
}

/// The amplitude of a tone in a sound (Goertzel).
fn loudness(sound: &[i16], hertz: f64) -> f64 {
    let coefficient = 2.0 * (std::f64::consts::TAU * hertz / 8000.0).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in sound {
        (last, before) = (f64::from(*sample) + coefficient * last - before, last);
    }
    let power = last * last + before * before - coefficient * last * before;
    2.0 * power.max(0.0).sqrt() / sound.len() as f64
}

fn heard(mixer: &mut Mixer, place: usize, codec: Codec, into: &mut Vec<i16>) {
    let mut frame = [0; FRAME];
    if let Some(length) = mixer.frame(place, &mut frame) {
        into.extend(frame[..length].iter().map(|byte| codec.law().expect("G.711").decode(*byte)));
    }
}

/// Everybody speaks for two seconds; which of the tones each of them hears.
fn who_hears_whom(roles: &[u8]) -> Vec<Vec<usize>> {
    let codecs = [Codec::Pcma, Codec::Pcmu];
    let mut speakers: Vec<Speaker> =
        (0..roles.len()).map(|n| Speaker::new(400.0 + 250.0 * n as f64, codecs[n % 2])).collect();
    let mut mixer = Mixer::new(roles.iter().enumerate().map(|(n, hears)| (codecs[n % 2], *hears)));
    let mut sounds = vec![Vec::new(); roles.len()];
    for beat in 0..100 {
        for (place, speaker) in speakers.iter_mut().enumerate() {
            speaker.speaks(&mut mixer, place);
        }
        mixer.beat();
        for (place, sound) in sounds.iter_mut().enumerate().filter(|_| beat >= 10) {
            heard(&mut mixer, place, codecs[place % 2], sound);
        }
    }
    let hears = |sound: &Vec<i16>| {
        let is_heard = |n: &usize| !sound.is_empty() && loudness(sound, speakers[*n].hertz) > 1_000.0;
        (0..roles.len()).filter(is_heard).collect()
    };
    sounds.iter().map(hears).collect()
}

#[test]
fn three_in_a_conference_each_hear_the_two_others_and_not_themselves() {
    assert_eq!(who_hears_whom(&[0b111, 0b111, 0b111]), [vec![1, 2], vec![0, 2], vec![0, 1]]);
}

#[test]
fn a_supervisor_who_listens_hears_both_and_is_heard_by_nobody() {
    assert_eq!(who_hears_whom(&[0b010, 0b001, 0b011]), [vec![1], vec![0], vec![0, 1]]);
}

#[test]
fn a_supervisor_who_whispers_is_heard_by_the_agent_alone() {
    assert_eq!(who_hears_whom(&[0b010, 0b101, 0b011]), [vec![1], vec![0, 2], vec![0, 1]]);
}

#[test]
fn eight_are_a_full_table_and_the_ninth_is_left_out() {
    let everybody = who_hears_whom(&[0xff; 9]);
    for (place, heard) in everybody.iter().enumerate().take(8) {
        let others: Vec<usize> = (0..8).filter(|other| *other != place).collect();
        assert_eq!(*heard, others);
    }
    assert!(everybody[8].is_empty());
}

#[test]
fn whoever_is_muted_hears_the_others_and_is_heard_by_none() {
    let mut mixer = Mixer::new([(Codec::Pcma, 0b111); 3]);
    mixer.mute(0, true);
    let mut speakers = [400.0, 650.0, 900.0].map(|hertz| Speaker::new(hertz, Codec::Pcma));
    let mut sounds = [const { Vec::new() }; 2];
    for _ in 0..60 {
        speakers.iter_mut().enumerate().for_each(|(place, speaker)| speaker.speaks(&mut mixer, place));
        mixer.beat();
        sounds.iter_mut().enumerate().for_each(|(place, sound)| heard(&mut mixer, place, Codec::Pcma, sound));
    }
    assert!(loudness(&sounds[0], 650.0) > 4_000.0, "the muted one hears");
    assert!(loudness(&sounds[1], 400.0) < 50.0, "and is not heard: {}", loudness(&sounds[1], 400.0));
}

#[test]
fn many_loud_voices_at_once_are_bent_and_never_clip() {
    for sum in -300_000..300_000 {
        let (sample, next) = (bent(sum), bent(sum + 1));
        assert!(next >= sample && i32::from(next) - i32::from(sample) <= 1, "{sum}: no step and no way back");
    }
    assert_eq!((bent(20_000), bent(-24_576)), (20_000, -24_576), "what is not loud stays as it is");
    assert!(bent(8 * 32_767) < 32_767 && bent(-8 * 32_768) > -32_768);
}

#[test]
fn a_packet_in_twenty_lost_or_late_leaves_the_tone_whole() {
    let mut mixer = Mixer::new([(Codec::Pcma, 0b11); 2]);
    let (mut speaker, mut sound, mut late) =
        (Speaker::new(600.0, Codec::Pcma), Vec::new(), None::<(RtpHeader, Vec<u8>)>);
    for beat in 0..500 {
        let packet = speaker.packet();
        match beat % 40 {
            20 => {}
            // Comes after the next one.
            30 => late = Some(packet),
            _ => mixer.hear(0, &packet.0, Codec::Pcma, &packet.1),
        }
        if let Some((header, payload)) = late.take_if(|_| beat % 40 == 31) {
            mixer.hear(0, &header, Codec::Pcma, &payload);
        }
        mixer.beat();
        heard(&mut mixer, 1, Codec::Pcma, &mut sound);
    }
    assert_eq!(sound.len(), 500 * FRAME, "a frame each beat, whatever came");
    assert!(loudness(&sound[10 * FRAME..], 600.0) > 4_500.0, "{}", loudness(&sound, 600.0));
}

#[test]
fn clocks_that_drift_apart_leave_a_tone_a_moment_behind_and_no_more() {
    // One packet too many, or too few, in 2,000: 500 ppm, ten times what phones drift.
    for too_fast in [true, false] {
        let mut mixer = Mixer::new([(Codec::Pcma, 0b11); 2]);
        let (mut speaker, mut silent) = (Speaker::new(600.0, Codec::Pcma), 0);
        for beat in 1..=20_000_u32 {
            let extra = beat.is_multiple_of(2_000);
            for _ in 0..1 + u32::from(extra && too_fast) - u32::from(extra && !too_fast) {
                speaker.speaks(&mut mixer, 0);
            }
            mixer.beat();
            let mut sound = Vec::new();
            heard(&mut mixer, 1, Codec::Pcma, &mut sound);
            silent += u32::from(beat > 10 && sound.iter().all(|sample| sample.abs() < 1_000));
        }
        assert!(silent <= 40, "{silent} of 20,000 frames without the tone, too fast: {too_fast}");
    }
}

#[test]
fn packets_of_ten_and_sixty_milliseconds_are_heard_as_well() {
    for frames in [80, 480] {
        let mut mixer = Mixer::new([(Codec::Pcmu, 0b11); 2]);
        let (mut sample, mut sequence, mut sound) = (0, 0, Vec::new());
        for beat in 1..=200 {
            while sample < beat * FRAME {
                let tone = |n: usize| (6_000.0 * (n as f64 * 600.0 * std::f64::consts::TAU / 8000.0).sin()) as i16;
                let payload: Vec<u8> = (sample..sample + frames).map(|n| crate::Law::Mu.encode(tone(n))).collect();
                let timestamp = sample as u32;
                let header = RtpHeader {
                    payload_type: 0,
                    marker: false,
                    sequence,
                    timestamp,
                    ssrc: 1,
                    payload: 12..payload.len(),
                };
                mixer.hear(0, &header, Codec::Pcmu, &payload);
                (sample, sequence) = (sample + frames, sequence + 1);
            }
            mixer.beat();
            heard(&mut mixer, 1, Codec::Pcmu, &mut sound);
        }
        assert!(loudness(&sound[20 * FRAME..], 600.0) > 5_000.0, "{frames}: {}", loudness(&sound, 600.0));
    }
}

#[test]
fn phones_of_every_codec_hear_each_other_in_one_conversation() {
    let codecs = [Codec::Pcma, Codec::G722, Codec::Opus];
    let mut mixer = Mixer::new(codecs.map(|codec| (codec, 0b111)));
    let mut mouths = codecs.map(|codec| Encoder::new(codec, Rate::Wide));
    let mut ears = codecs.map(|codec| Decoder::new(codec, Rate::Narrow));
    let tone = |place: usize, n: usize| {
        let hertz = 400.0 + 250.0 * place as f64;
        (6_000.0 * (n as f64 * hertz * std::f64::consts::TAU / 16_000.0).sin()) as i16
    };
    let mut sounds = [const { Vec::new() }; 3];
    for beat in 0..100_u16 {
        for (place, mouth) in mouths.iter_mut().enumerate() {
            let samples: Vec<i16> = (0..320).map(|n| tone(place, usize::from(beat) * 320 + n)).collect();
            let mut payload = [0; FRAME_BYTES_MAX];
            let length = mouth.encode(&samples, &mut payload);
            let (sequence, ssrc, marker) = (beat, place as u32, beat == 0);
            let header = RtpHeader { payload_type: 8, marker, sequence, timestamp: 0, ssrc, payload: 12..12 + length };
            mixer.hear(place, &header, codecs[place], &payload[..length]);
        }
        mixer.beat();
        for (place, sound) in sounds.iter_mut().enumerate().filter(|_| beat >= 20) {
            let (mut frame, mut samples) = ([0; FRAME_BYTES_MAX], [0; SOUND_SAMPLES_MAX]);
            let length = mixer.frame(place, &mut frame).expect("hears the others");
            let count = ears[place].decode(&frame[..length], &mut samples);
            sound.extend_from_slice(&samples[..count]);
        }
    }
    for (place, sound) in sounds.iter().enumerate() {
        for other in 0..3 {
            let level = loudness(sound, 400.0 + 250.0 * other as f64);
            assert_eq!(level > 2_000.0, other != place, "{:?} hears {:?} at {level}", codecs[place], codecs[other]);
        }
    }
}
