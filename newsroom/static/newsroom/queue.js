/* The queue without waiting: a decided card leaves at once, the server is told in the background, in
   order; what it refuses comes back with its reason. Keys press the same buttons as mouse and touch,
   and the buttons are those of the form that works without this script. */
"use strict";

(() => {
    const form = document.querySelector("#queue");
    if (!form) return;
    const list = form.querySelector(".queue-cards");
    const many = form.querySelector(".queue-many");
    const empty = form.querySelector(".queue-empty");
    const toast = document.querySelector(".queue-said");
    const help = document.querySelector(".queue-help");
    const last = form.querySelector(".queue-last");
    const enough = 15; // cards below which the next page is asked for
    const batches = last ? [last.dataset.last] : [];
    let current = null;
    let line = Promise.resolve();
    let waiting = 0;
    let isLoading = false;

    document.body.classList.add("has-queue-script");
    for (const part of document.querySelectorAll("[data-help], [data-mark-all]")) part.hidden = false;

    // --- Cards ---------------------------------------------------------------------------------

    const all = () => [...list.querySelectorAll(":scope > li:not([hidden])")];
    const find = (pk) => list.querySelector(`:scope > li[data-pk="${pk}"]`);
    const box = (card) => card.querySelector(".queue-mark input");
    const marked = () => all().filter((card) => box(card)?.checked);
    const shown = (card, step) => {
        const side = step > 0 ? "nextElementSibling" : "previousElementSibling";
        let other = card[side];
        while (other?.hidden) other = other[side];
        return other;
    };

    const make = (html) => {
        const template = document.createElement("template");
        template.innerHTML = html;
        return [...template.content.querySelectorAll("li.queue-card")];
    };

    const focus = (card) => {
        if (!card) {
            if (!empty.hidden) empty.focus();
            return;
        }
        card.querySelector("article").focus({ preventScroll: true });
        card.scrollIntoView({ block: "nearest" });
    };

    const warn = (card, text) => {
        const said = document.createElement("p");
        said.className = "queue-warning";
        said.textContent = text;
        card.querySelector(".queue-warning")?.remove();
        card.querySelector("header").after(said);
    };

    /* Somebody else has decided: the card says who and waits to be put away. */
    const settle = (card, text) => {
        warn(card, text);
        card.classList.add("is-settled");
        card.querySelector(".queue-mark").remove();
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "queue-act", textContent: "OK" });
        button.dataset.dismiss = "";
        card.querySelector("footer").replaceChildren(button);
    };

    const count = () => {
        const number = marked().length;
        empty.hidden = all().length > 0 || isLoading;
        many.classList.toggle("has-marked", number > 0);
        const place = many.querySelector(".queue-marked");
        if (place) place.textContent = number ? form.dataset.textMarked.replace("%s", number) : "";
    };

    const say = (text) => {
        toast.hidden = false;
        toast.querySelector("p").textContent = text;
        toast.querySelector("button").hidden = batches.length === 0;
        if (last) last.hidden = true;
    };

    const tally = (counts) => {
        for (const [name, number] of Object.entries(counts)) {
            const place = document.querySelector(`[data-count="${name}"]`);
            if (place) place.textContent = number;
        }
    };

    // --- Talking to the server -----------------------------------------------------------------

    const ask = async (address, options = {}) => {
        let response;
        try {
            response = await fetch(address, { ...options, headers: { Accept: "application/json" } });
        } catch {
            throw new Error(form.dataset.textOffline);
        }
        const isJson = response.headers.get("Content-Type")?.includes("json");
        if (!isJson) throw new Error(response.redirected || response.status === 403 ? form.dataset.textSignedOut : form.dataset.textOffline);
        const told = await response.json();
        if (!response.ok && !told.conflicts) throw new Error(told.why);
        return told;
    };

    const load = async (place = form.dataset.next) => {
        isLoading = true;
        try {
            const told = await ask(`${location.pathname}${place ? `?before=${place}` : ""}`);
            form.dataset.next = told.next;
            list.append(...make(told.html).filter((card) => !find(card.dataset.pk)));
            tally(told.counts);
        } catch {
            // The next decision tries again.
        }
        isLoading = false;
        count();
    };

    const refill = () => {
        if (isLoading || !form.dataset.next || all().length >= enough) return;
        const wasEmpty = all().length === 0;
        load().then(() => wasEmpty && focus(all()[0]));
    };

    /* Put the server's answer on the page; undone cards return to where they stood. */
    const apply = (told, isUndo) => {
        const fresh = Object.entries(told.cards).map(([pk, html]) => {
            const [card] = make(html);
            const old = find(pk);
            const hadFocus = old?.contains(document.activeElement);
            if (old) old.replaceWith(card);
            else list.prepend(card);
            if (hadFocus) focus(card);
            return card;
        });
        for (const pk of told.done) {
            if (pk in told.cards) continue;
            const card = find(pk);
            card?.replaceChildren();
            if (card) card.hidden = true;
        }
        for (const [pk, why] of Object.entries(told.conflicts)) {
            const card = find(pk);
            if (!card || pk in told.cards) continue;
            card.hidden = false;
            settle(card, why);
        }
        if (told.batch) batches.push(told.batch);
        tally(told.counts);
        say([told.done.length ? told.said : "", ...Object.values(told.conflicts)].filter(Boolean).join(" · "));
        count();
        if (isUndo) focus(fresh[0]);
    };

    /* One after the other: the second decision may rest on the first. */
    const send = (data, cards, isUndo = false) => {
        waiting += 1;
        line = line.then(async () => {
            try {
                apply(await ask(location.href, { method: "POST", body: data() }), isUndo);
            } catch (error) {
                for (const card of cards) {
                    card.hidden = false;
                    card.removeAttribute("aria-busy");
                    warn(card, error.message);
                }
                say(error.message);
                count();
            }
            waiting -= 1;
            refill();
        });
    };

    const form_data = (entries) => {
        const data = new FormData();
        data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        for (const [name, value] of entries) data.append(name, value);
        return data;
    };

    const undo = () => {
        let batch;
        const take = () => {
            batch = batches.pop();
            return form_data([["undo", batch ?? ""]]);
        };
        if (batches.length || waiting) send(take, [], true);
        else say(form.dataset.textNothing);
    };

    // --- Deciding ------------------------------------------------------------------------------

    const press = (button) => {
        const panel = button.closest(".queue-panel");
        const note = panel?.querySelector(".queue-note :is(input, textarea)");
        if (button.matches("[data-needs-note]") && !note.value.trim()) {
            note.setAttribute("aria-invalid", "true");
            note.focus();
            return;
        }
        const isMany = button.name === "all";
        const cards = isMany ? marked() : [button.closest(".queue-card")];
        if (!cards.length) return;
        const entries = [[button.name, button.value]];
        if (isMany) entries.push(...cards.map((card) => ["item", box(card).value]));
        if (note) entries.push([note.name, note.value]);
        if (panel) panel.open = false; // or a digit would press it once more
        if (isMany && note) note.value = "";
        if (button.closest("[data-stays]")) {
            for (const card of cards) card.setAttribute("aria-busy", "true");
            focus(cards[0]);
        } else {
            leave(cards);
        }
        send(() => form_data(entries), cards);
    };

    /* The cards go at once; the eye stays where it is, on the next one. */
    const leave = (cards) => {
        let next = cards.includes(current) || !current ? cards.at(-1) : current;
        for (const card of cards) card.hidden = true;
        if (next?.hidden) next = shown(next, 1) ?? shown(next, -1);
        count();
        focus(next);
        refill();
    };

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (event.submitter?.name === "undo") undo();
        else if (event.submitter) press(event.submitter);
    });

    document.addEventListener("click", (event) => {
        const target = event.target.closest("[data-help], [data-mark-all], [data-undo], [data-dismiss]");
        if (target?.matches("[data-help]")) help.showModal();
        if (target?.matches("[data-undo]")) undo();
        if (target?.matches("[data-mark-all]")) {
            const boxes = all().map(box).filter(Boolean);
            const isOn = boxes.some((one) => !one.checked);
            for (const one of boxes) one.checked = isOn;
            count();
        }
        if (target?.matches("[data-dismiss]")) {
            const card = target.closest(".queue-card");
            const next = shown(card, 1) ?? shown(card, -1);
            card.remove();
            count();
            focus(next);
        }
    });

    list.addEventListener("focusin", (event) => {
        current = event.target.closest(".queue-card");
    });
    list.addEventListener("change", count);

    /* An opened panel takes the focus, so that a digit, Enter or the first letter is next. */
    const enter = (panel) => {
        const choices = panel?.open ? panel.querySelector(".queue-choices") : null;
        if (choices && !choices.contains(document.activeElement)) choices.querySelector("button, textarea").focus();
    };
    form.addEventListener("toggle", (event) => enter(event.target), true);

    // --- Keys ----------------------------------------------------------------------------------

    const keys = help.querySelector("[data-keys]");
    keys.checked = localStorage.getItem("queue-keys") !== "off";
    keys.addEventListener("change", () => localStorage.setItem("queue-keys", keys.checked ? "on" : "off"));

    const move = (step) => focus(current?.isConnected && !current.hidden ? shown(current, step) : all()[0]);

    const close = (from) => {
        const panel = from.closest?.(".queue-panel[open]") ?? form.querySelector(".queue-panel[open]");
        if (!panel) return;
        panel.open = false;
        const card = panel.closest(".queue-card");
        if (card) focus(card);
        else panel.querySelector("summary").focus();
    };

    const typed = (event) => {
        const field = event.target;
        if (event.key === "Escape") close(field);
        if (event.key !== "Enter" || !(field.matches("input") || event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        field.closest(".queue-panel")?.querySelector("[data-needs-note]")?.click();
    };

    const hit = (button) => {
        button?.click();
        enter(button?.closest(".queue-panel")); // not after the toggle event: the next key may be faster
    };

    const pressed = (event) => {
        const key = event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
        const scope = event.shiftKey && many.classList.contains("has-marked") ? many : current;
        if (key === "?") help.showModal();
        else if (key === "j") move(1);
        else if (key === "k") move(-1);
        else if (key === "u") undo();
        else if (key === "x" && current) box(current)?.click();
        else if (key === "escape") close(event.target);
        else if (/^[0-9]$/.test(key)) form.querySelector(`.queue-panel[open] [data-digit="${key}"]`)?.click();
        else if (/^[a-z]$/i.test(key)) hit(scope?.querySelector(`[data-key="${key}"]`));
        else return;
        event.preventDefault();
    };

    document.addEventListener("keydown", (event) => {
        if (event.isComposing || help.open) return;
        if (event.target.matches("input:not([type=checkbox]), textarea, select")) typed(event);
        else if (keys.checked && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat) pressed(event);
    });

    window.addEventListener("beforeunload", (event) => waiting && event.preventDefault());
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible" && !all().length && !isLoading) load("");
    });

    count();
    document.querySelector(".queue-tabs [aria-current]").scrollIntoView({ block: "nearest", inline: "center" });
    if (matchMedia("(hover: hover)").matches && !location.hash) focus(all()[0]);
})();
