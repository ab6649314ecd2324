/* Arranging a front: drag a handle, or focus it and press the arrow keys. Both only write the numbers
   and choices of the form, which do the same without this script. */
"use strict";

(() => {
    const form = document.querySelector("#front-form");
    if (!form || !form.querySelector("[data-handle]")) return;
    const said = form.querySelector("[data-moved]");
    const state = form.querySelector(".saved");
    let dragged = null;

    form.classList.add("has-script");
    form.querySelector(".front-how").hidden = false;
    for (const handle of form.querySelectorAll("[data-handle]")) handle.hidden = false;

    const unsaved = () => {
        state.textContent = state.dataset.unsaved;
        state.dataset.kind = "unsaved";
    };

    const number = () => {
        form.querySelectorAll(".slots > .slot").forEach((slot, place) => {
            slot.querySelector("[name^=place-of-slot-]").value = place;
        });
        for (const list of form.querySelectorAll("[data-pins]")) {
            [...list.children].forEach((pin, place) => {
                pin.querySelector("[name^=place-of-pin-]").value = place;
                pin.querySelector("[name^=slot-of-pin-]").value = list.dataset.pins;
            });
        }
        unsaved();
    };

    const say = (row) => {
        const list = [...row.parentElement.children];
        const slot = row.closest(".slots > .slot");
        const where = row === slot ? document.querySelector("h1").textContent : slot.dataset.name;
        const facts = [list.indexOf(row) + 1, list.length, where];
        said.textContent = `${row.dataset.name}: ${said.dataset.moved.replace(/%s/g, () => facts.shift())}`;
    };

    /* One place up or down; a pin goes on into the next slot that takes pins. */
    const step = (row, direction) => {
        const beside = direction < 0 ? row.previousElementSibling : row.nextElementSibling;
        if (beside) {
            if (direction < 0) beside.before(row);
            else beside.after(row);
            return true;
        }
        if (!row.matches(".pin")) return false;
        const lists = [...form.querySelectorAll("[data-pins]")];
        const next = lists[lists.indexOf(row.parentElement) + direction];
        if (!next) return false;
        if (direction < 0) next.append(row);
        else next.prepend(row);
        return true;
    };

    form.addEventListener("keydown", (event) => {
        const handle = event.target.closest("[data-handle]");
        const direction = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!handle || !direction) return;
        event.preventDefault();
        const row = handle.closest(".pin, .slot");
        if (!step(row, direction)) return;
        number();
        handle.focus();
        say(row);
    });

    /* Only a row whose handle is held can be dragged: text in it stays text to be marked. */
    form.addEventListener("pointerdown", (event) => {
        const row = event.target.closest("[data-handle]")?.closest(".pin, .slot");
        if (row) row.draggable = true;
    });
    form.addEventListener("dragstart", (event) => {
        dragged = event.target.closest?.("[draggable=true]");
        if (!dragged) return;
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", dragged.dataset.name);
        dragged.classList.add("is-dragged");
    });
    form.addEventListener("dragover", (event) => {
        if (!dragged) return;
        const isPin = dragged.matches(".pin");
        const list = isPin ? event.target.closest(".slot")?.querySelector("[data-pins]") : form.querySelector(".slots");
        if (!list) return;
        event.preventDefault();
        const after = [...list.children].find((row) => {
            if (row === dragged) return false;
            const box = row.getBoundingClientRect();
            return event.clientY < box.top + box.height / 2;
        });
        if (after) after.before(dragged);
        else list.append(dragged);
    });
    form.addEventListener("drop", (event) => dragged && event.preventDefault());
    form.addEventListener("dragend", () => {
        if (!dragged) return;
        dragged.draggable = false;
        dragged.classList.remove("is-dragged");
        number();
        say(dragged);
        dragged = null;
    });
    form.addEventListener("input", unsaved);
})();
