// Embeds: nothing of another site is loaded before the reader asks for it.
for (const figure of document.querySelectorAll(".embed[data-src]")) {
  const button = figure.querySelector(".embed-button")
  if (!button || !figure.dataset.src.startsWith("https://")) continue
  for (const node of figure.querySelectorAll("[hidden]")) node.hidden = false
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe")
    frame.src = figure.dataset.src
    frame.title = figure.dataset.title
    frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture"
    frame.referrerPolicy = "strict-origin-when-cross-origin"
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation")
    // The link to the original stays, below what it is the original of.
    const link = figure.querySelector(".embed-link")
    figure.querySelector(".embed-card").replaceWith(frame, link)
    frame.focus()
  })
}

// Most read: after ten seconds in sight the article's address is called, once and without content.
const story = document.querySelector("[data-read]")
if (story && navigator.sendBeacon) {
  let seconds = 0
  const clock = setInterval(() => {
    if (document.visibilityState !== "visible" || ++seconds < 10) return
    clearInterval(clock)
    navigator.sendBeacon(story.dataset.read)
  }, 1000)
}
