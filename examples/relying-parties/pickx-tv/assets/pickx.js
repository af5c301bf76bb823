// The TV's screen follows what the TV learns; without scripts the page loads itself again (see views/tv.ejs).
const screen = document.querySelector('[data-screen]')

const look = async () => {
  try {
    const stamp = await (await fetch('/screen')).text()
    if (stamp !== screen.dataset.screen) location.reload()
  } catch {
    // The TV is switched off for a moment.
  }
}

if (screen !== null) setInterval(look, 1000)
