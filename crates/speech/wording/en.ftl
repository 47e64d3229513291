# What is said, and with which sounds. A municipality may write a file of its own with the sentences that should be
# different (docs/prompts.md). Under each sentence stands .clips: the names of the sounds that say it, with spaces
# between; a comma is a short pause. To { $number } belong the number's own sounds, and likewise with the others.
#
#   $count     how many, to choose a form by: [one], *[other], or a certain number
#   $number    the number
#   $amount    the number of persons, hours, days (in English the same)
#   $duration  a time, such as "about five minutes" (the sentences about-…)
#   $day       such as "tomorrow" or "on Monday the third of August"
#   $time      such as "at ten am"
#   $until     the same, where a time has an end

# The place in the queue, from 1.
place = { $count ->
    [1] You are first in the queue.
   *[other] You are number { $number } in the queue.
}
    .clips = { $count ->
        [1] place-first
       *[other] place-number { $number } place-in-queue
    }

# How many wait in front.
ahead = { $count ->
    [0] There is nobody ahead of you in the queue.
    [one] There is { $amount } person ahead of you in the queue.
   *[other] There are { $amount } people ahead of you in the queue.
}
    .clips = { $count ->
        [0] ahead-nobody
        [one] ahead-there-is { $amount } ahead-person
       *[other] ahead-there-are { $amount } ahead-persons
    }

# The wait, at most. Nobody is promised less than is expected.
wait-under-a-minute = The waiting time is less than one minute.
    .clips = wait-under-a-minute
wait-minutes = { $count ->
    [one] The waiting time is up to { $number } minute.
   *[other] The waiting time is up to { $number } minutes.
}
    .clips = { $count ->
        [one] wait-up-to { $number } minute
       *[other] wait-up-to { $number } minutes
    }
wait-over-half-an-hour = The waiting time may be more than half an hour.
    .clips = wait-over-half-an-hour
wait-over-an-hour = The waiting time may be more than an hour.
    .clips = wait-over-an-hour

# Said before the wait when it has become longer than was said, and when the time that was named is over.
wait-longer = We are sorry, it will take longer than we said before.
    .clips = wait-longer
wait-late = You have now waited { $duration }. We are sorry about that.
    .clips = wait-you-have-waited { $duration } , wait-sorry

# Times that other sentences use.
about-under-a-minute = less than one minute
    .clips = about-under-a-minute
about-minutes = { $count ->
    [one] about { $number } minute
   *[other] about { $number } minutes
}
    .clips = { $count ->
        [one] about { $number } minute
       *[other] about { $number } minutes
    }
about-over-half-an-hour = more than half an hour
    .clips = about-over-half-an-hour
about-over-an-hour = more than an hour
    .clips = about-over-an-hour

# When closed.
opens = We open again { $day } { $time }.
    .clips = opens-again { $day } { $time }

# When we can call back.
slot = We can call you { $day }, { $time } at the earliest, and { $until } at the latest.
    .clips = booking-call-you { $day } , { $time } booking-earliest { $until } booking-latest
