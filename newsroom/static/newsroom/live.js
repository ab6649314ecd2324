// A live ticker keeps itself up to date: every ten seconds one address that all readers share.
// It rests while the page is out of sight and ends with the ticker.
const live = document.querySelector("#live[data-updates]")
if (live) {
  const BUCKET = 10_000
  const MEMORY = 14 * 60_000 // a little less than the server remembers
  const list = live.querySelector("[data-entries]")
  const say = live.querySelector("[data-say]")
  const [before, first, after] = live.dataset.updates.split(/(\d+)(?=\.json$)/)
  const start = performance.now()
  let asked = start
  let timer

  const read = (html) => {
    const holder = document.createElement("template")
    holder.innerHTML = html
    return holder.content
  }
  const rank = (entry) => [entry.hasAttribute("data-pinned") ? 1 : 0, Number(entry.dataset.at)]
  const isAbove = (one, other) => {
    const [a, b] = [rank(one), rank(other)]
    return a[0] === b[0] ? a[1] > b[1] : a[0] > b[0]
  }
  const put = (entry) => {
    const old = document.getElementById(entry.id)
    if (old?.outerHTML === entry.outerHTML) return
    const next = [...list.children].find((row) => row !== old && row.dataset.at && isAbove(entry, row))
    list.querySelector(".live-empty")?.remove()
    old?.remove()
    if (next) next.before(entry)
    else if (old || list.children.length < 100) list.append(entry)
    if (old || !entry.isConnected) return
    entry.classList.add("is-new")
    const words = entry.querySelector("h3, .prose")?.textContent.trim() ?? ""
    say.textContent = `${live.dataset.new} ${words.slice(0, 160)}`
  }
  const end = () => {
    clearTimeout(timer)
    document.removeEventListener("visibilitychange", wake)
    live.querySelector(".live-state").textContent = live.dataset.closed
    live.querySelector("h2 .live-mark")?.remove()
    say.textContent = live.dataset.closed
  }
  const ask = async () => {
    const now = performance.now()
    if (now - asked > MEMORY) return location.reload()
    const bucket = Number(first) + Math.floor((now - start) / BUCKET)
    try {
      const answer = await fetch(`${before}${bucket}${after}`)
      if (answer.status === 404) return end()
      if (!answer.ok) throw new Error(answer.status)
      const changes = await answer.json()
      asked = now
      for (const { html } of changes.entries.reverse()) put(read(html).querySelector("li"))
      for (const pk of changes.gone) document.getElementById(`entry-${pk}`)?.remove()
      live.querySelector("[data-keys]").replaceChildren(read(changes.keys))
      if (!changes.open) return end()
    } catch {
      // No connection: the next turn tries again.
    }
    plan()
  }
  const plan = () => {
    clearTimeout(timer)
    if (document.visibilityState !== "visible") return
    // A little after the bucket has begun, and not all readers at once.
    timer = setTimeout(ask, BUCKET - ((performance.now() - start) % BUCKET) + Math.random() * 2000)
  }
  const wake = () => {
    if (document.visibilityState !== "visible") clearTimeout(timer)
    else if (performance.now() - asked > BUCKET) ask()
    else plan()
  }
  live.querySelector(".live-auto").hidden = false
  live.querySelector(".live-reload").hidden = true
  document.addEventListener("visibilitychange", wake)
  plan()
}
