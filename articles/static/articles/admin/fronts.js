/* Arranging a front: drag a handle, or focus it and press the arrow keys. Both only write the numbers
   and choices of the form, which do the same without this script. */
"use strict";

(() => {
    const form = document.querySelector("#front-form");
    if (!form || !form.querySelector("[data-handle]")) return;
    const said = form.querySelector("[data-moved]");
    const state = form.querySelector(".saved");

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

    /* Dragging by mouse, pen or finger: a mark shows the place, the row goes there in the end. */
    const EDGE = 110; // the bar that stays on top lies within it
    const mark = document.createElement("li");
    mark.className = "drop-mark";
    let drag = null;

    const aim = () => {
        const under = document.elementFromPoint(drag.x, drag.y);
        const isPin = drag.row.matches(".pin");
        const list = isPin ? under?.closest(".slot")?.querySelector("[data-pins]") : form.querySelector(".slots");
        if (!list) return;
        const rows = [...list.children].filter((row) => row !== drag.row && row !== mark);
        const next = rows.find((row) => {
            const box = row.getBoundingClientRect();
            return drag.y < box.top + box.height / 2;
        });
        if (next) next.before(mark);
        else list.append(mark);
    };

    /* Near an edge of the window the page moves on beneath the pointer. */
    const scroll = () => {
        if (!drag) return;
        const above = Math.min(0, drag.y - EDGE);
        const below = Math.max(0, drag.y - window.innerHeight + EDGE);
        if (above || below) {
            window.scrollBy(0, (above + below) / 4);
            aim();
        }
        requestAnimationFrame(scroll);
    };

    const end = (isDropped) => {
        if (!drag) return;
        const { row } = drag;
        drag = null;
        row.classList.remove("is-dragged");
        const hasMoved = isDropped && mark.isConnected && mark.previousElementSibling !== row && mark.nextElementSibling !== row;
        if (hasMoved) mark.replaceWith(row);
        else mark.remove();
        if (!hasMoved) return;
        number();
        row.querySelector("[data-handle]").focus();
        say(row);
    };

    form.addEventListener("pointerdown", (event) => {
        const handle = event.target.closest("[data-handle]");
        if (!handle || event.button !== 0 || drag) return;
        event.preventDefault();
        handle.focus();
        form.setPointerCapture(event.pointerId);
        drag = { row: handle.closest(".pin, .slot"), pointer: event.pointerId, x: event.clientX, y: event.clientY };
        drag.row.classList.add("is-dragged");
    });
    form.addEventListener("pointermove", (event) => {
        if (drag?.pointer !== event.pointerId) return;
        if (!drag.isMoving) requestAnimationFrame(scroll);
        Object.assign(drag, { isMoving: true, x: event.clientX, y: event.clientY });
        aim();
    });
    form.addEventListener("pointerup", (event) => drag?.pointer === event.pointerId && end(true));
    form.addEventListener("pointercancel", () => end(false));
    form.addEventListener("keydown", (event) => event.key === "Escape" && end(false));
    form.addEventListener("input", unsaved);
})();
