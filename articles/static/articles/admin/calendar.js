/* The calendar: drag an article to a day, or back to those without one. The forms do the same without it. */
"use strict";

const said = document.querySelector("[data-said]");
let dragged = null;

function tell(text, isError) {
    said.textContent = text;
    said.classList.toggle("is-error", isError);
    said.hidden = false;
}

/* Shows the sheet as the server has it now. */
async function refresh() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("[data-calendar]").replaceWith(page.querySelector("[data-calendar]"));
}

async function send(values) {
    const calendar = document.querySelector("[data-calendar]");
    calendar.setAttribute("aria-busy", "true");
    let failed = true;
    try {
        const answer = await fetch(calendar.dataset.move, {
            method: "POST",
            headers: { Accept: "application/json" },
            body: values,
        });
        const told = await answer.json();
        failed = !answer.ok;
        tell(told.said, failed);
        await refresh();
    } catch {
        tell(calendar.dataset.trouble, true);
    }
    document.querySelector("[data-calendar]").removeAttribute("aria-busy");
    return !failed;
}

const placeOf = (event) => {
    const place = dragged && event.target.closest?.("[data-day]");
    if (!place || place.contains(dragged)) return null;
    // Only a plan can be given up by dragging; a schedule is called off on the article's page.
    return place.dataset.day || dragged.dataset.kind === "planned" ? place : null;
};

function mark(place) {
    for (const old of document.querySelectorAll(".is-over")) old.classList.remove("is-over");
    place?.classList.add("is-over");
}

document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-item]") ?? null;
    if (!dragged) return;
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector(".item-title").textContent);
});
document.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    mark(null);
});
document.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    mark(place);
    if (place) event.preventDefault();
});
document.addEventListener("drop", (event) => {
    const place = placeOf(event);
    if (!place) return;
    event.preventDefault();
    const values = new FormData(dragged.querySelector("form"));
    values.set("day", place.dataset.day);
    values.delete("hour"); // it keeps its hour
    send(values);
});
document.addEventListener("submit", async (event) => {
    const form = event.target.closest(".mover form");
    if (!form) return;
    event.preventDefault();
    const values = new FormData(form, event.submitter);
    if (event.submitter?.name === "day") values.set("day", "");
    const pk = values.get("article");
    await send(values);
    document.querySelector(`[data-item="${pk}"] .item-title`)?.focus();
});
document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".mover[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
});
