/* Lengths, word count, reading time and the two snippets, while one writes. */
"use strict";

(() => {
    const form = document.getElementById("writing-form");
    if (!form) return;

    const field = (name) => form.elements[name];
    const text = (name) => (field(name)?.value || "").trim();

    const bars = [...form.querySelectorAll("[data-length]")].map((bar) => {
        const [from, to, most] = bar.dataset.length.split(" ").map(Number);
        const meter = bar.querySelector("meter");
        // Below and beyond the best length the browser colours the bar as a warning.
        Object.assign(meter, { max: most, low: from, high: to, optimum: (from + to) / 2 });
        bar.hidden = false;
        return { bar, meter, to, output: bar.querySelector("output"), input: document.getElementById(bar.dataset.for) };
    });

    const measure = () => {
        for (const { meter, output, input, to } of bars) {
            const length = [...input.value.trim()].length;
            meter.value = length;
            output.textContent = `${length} / ${to}`;
            output.classList.toggle("too-long", length > to);
        }
    };

    const mirror = () => {
        for (const shown of form.querySelectorAll("[data-shows]")) {
            const name = shown.dataset.shows.split(" ").find((candidate) => text(candidate));
            if (name) shown.textContent = text(name);
            else if (!shown.dataset.shows.includes("slug")) shown.textContent = "…";
        }
        const thumb = form.querySelector(".picture-field-thumb");
        const picture = form.querySelector("[data-shows-picture]");
        if (thumb && picture) {
            if (!thumb.hidden && picture.hidden) picture.src = thumb.src;
            if (thumb.dataset.seen && thumb.dataset.seen !== thumb.src) picture.src = thumb.src;
            thumb.dataset.seen = thumb.src;
            picture.hidden = thumb.hidden;
        }
    };

    const count = () => {
        const box = form.querySelector("[data-counts]");
        const holder = document.createElement("template");
        holder.innerHTML = field("body").value.replaceAll("<", " <");
        const words = holder.content.textContent.split(/\s+/).filter(Boolean).length;
        box.querySelector("[data-words]").textContent = `${words} ${box.dataset.wordsLabel}`;
        box.querySelector("[data-minutes]").textContent =
            `${Math.max(1, Math.round(words / 220))} ${box.dataset.minutesLabel}`;
        box.hidden = false;
    };

    const review = form.querySelector("[data-ai-review]");
    const toggleReview = () => {
        if (review) review.hidden = text("ai_use") === "none" || !text("ai_use");
    };

    const refresh = () => {
        measure();
        mirror();
        count();
        toggleReview();
    };
    let waiting = 0;
    const soon = () => {
        cancelAnimationFrame(waiting);
        waiting = requestAnimationFrame(refresh);
    };
    // A headline is one line, however often the screen breaks it.
    field("headline")?.addEventListener("keydown", (event) => {
        if (event.key === "Enter") event.preventDefault();
    });
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    refresh();

    // Where the check list points to may be folded.
    const unfold = () => {
        const target = location.hash && document.getElementById(location.hash.slice(1));
        target?.closest("details")?.setAttribute("open", "");
        target?.querySelector("[contenteditable=true], input:not([type=hidden]), textarea, select")?.focus();
    };
    window.addEventListener("hashchange", unfold);
    form.addEventListener("click", (event) => {
        const link = event.target.closest("a[href^='#field-'], a[href^='#id_']");
        if (link && link.getAttribute("href") === location.hash) unfold();
    });
})();
