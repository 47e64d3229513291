# Hvad der siges, og med hvilke lyde. En kommune kan skrive sin egen fil med de sætninger, der skal lyde anderledes
# (docs/prompts.md). Under hver sætning står .clips: navnene på de lyde, der siger den, med mellemrum imellem; et komma
# er en kort pause. Til { $number } hører talets egne lyde, og sådan også med de andre.
#
#   $count     hvor mange, til at vælge form efter: [one] én, *[other] flere; eller et bestemt tal
#   $number    tallet, som man tæller: et, to, tre; bruges også før ord som "minut"
#   $amount    tallet om personer, timer og dage: en, to, tre
#   $duration  en tid, fx "cirka fem minutter" (sætningerne about-…)
#   $day       fx "i morgen" eller "mandag den tredje august"
#   $time      fx "klokken ti"
#   $until     det samme, når der også er en sluttid

# Pladsen i køen, fra 1.
place = { $count ->
    [1] Du er den første i køen.
   *[other] Du er nummer { $number } i køen.
}
    .clips = { $count ->
        [1] place-first
       *[other] place-number { $number } place-in-queue
    }

# Hvor mange der venter foran.
ahead = { $count ->
    [0] Der er ingen foran dig i køen.
    [one] Der er { $amount } person foran dig i køen.
   *[other] Der er { $amount } personer foran dig i køen.
}
    .clips = { $count ->
        [0] ahead-nobody
        [one] ahead-there-is { $amount } ahead-person
       *[other] ahead-there-are { $amount } ahead-persons
    }

# Ventetiden, højst. Der loves aldrig mindre, end der ventes.
wait-under-a-minute = Ventetiden er under et minut.
    .clips = wait-under-a-minute
wait-minutes = { $count ->
    [one] Ventetiden er op til { $number } minut.
   *[other] Ventetiden er op til { $number } minutter.
}
    .clips = { $count ->
        [one] wait-up-to { $number } minute
       *[other] wait-up-to { $number } minutes
    }
wait-over-half-an-hour = Ventetiden kan være mere end en halv time.
    .clips = wait-over-half-an-hour
wait-over-an-hour = Ventetiden kan være mere end en time.
    .clips = wait-over-an-hour

# Siges før ventetiden, når den er blevet længere end sagt, og når den sagte tid er gået.
wait-longer = Det kommer desværre til at tage længere tid, end vi sagde før.
    .clips = wait-longer
wait-late = Du har nu ventet { $duration }. Det beklager vi.
    .clips = wait-you-have-waited { $duration } , wait-sorry

# Tider, der bruges i andre sætninger.
about-under-a-minute = under et minut
    .clips = about-under-a-minute
about-minutes = { $count ->
    [one] cirka { $number } minut
   *[other] cirka { $number } minutter
}
    .clips = { $count ->
        [one] about { $number } minute
       *[other] about { $number } minutes
    }
about-over-half-an-hour = mere end en halv time
    .clips = about-over-half-an-hour
about-over-an-hour = mere end en time
    .clips = about-over-an-hour

# Når der er lukket.
opens = Vi åbner igen { $day } { $time }.
    .clips = opens-again { $day } { $time }

# Hvornår der kan ringes tilbage.
slot = Vi kan ringe til dig { $day }, tidligst { $time } og senest { $until }.
    .clips = booking-call-you { $day } , booking-earliest { $time } booking-latest { $until }
