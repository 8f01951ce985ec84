"""RSS, Atom and JSON Feed: how the feeds that sites publish are read.

`config` what an organiser gives · `fetching` one conditional request, redirects included · `charset`
bytes to text · `survey` what is looked at before a document is trusted · `worker` the process that parses
XML · `xml_documents` and `json_documents` a document as entries · `documents` what entries are, and which
kind a document is · `pictures` · `posts` an entry as a post · `memory` what was told, and the cursor ·
`reader` one feed's task · `problems` what went wrong and when to try again.
"""
