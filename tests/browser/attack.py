"""A text that would set `window.hacked`, were it anything but text."""

ATTACK = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
