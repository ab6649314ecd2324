/* Writing a live ticker by keyboard: Ctrl+Enter publishes from wherever the cursor is. */
"use strict";

(() => {
    const form = document.querySelector("#live-form");
    if (!form) return;
    let isSent = false;
    // Before the editor, which would break the line.
    form.addEventListener(
        "keydown",
        (event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            event.stopPropagation();
            form.requestSubmit(form.querySelector("[name=write]"));
        },
        true,
    );
    form.addEventListener("submit", (event) => {
        if (isSent) event.preventDefault();
        isSent = true;
    });
    // The editor is there a moment later.
    let turns = 0;
    const focus = setInterval(() => {
        const editor = form.querySelector(".ProseMirror");
        if (editor || ++turns > 40) clearInterval(focus);
        editor?.focus();
    }, 50);
})();
