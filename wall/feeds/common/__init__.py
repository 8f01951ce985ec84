"""What feeds of several networks share: where they may connect to, what went wrong, what was told.

`addresses` where a feed may connect to · `client` one bounded request · `problems` what passes by itself ·
`fields` what an organiser types · `told` what a stream already said · `signs`, `setbacks` what is wrong now
· `rounds` one request after the other · `plain` hashtags and addresses in plain text · `tasks` work side by
side.
"""
