/* The editor's row of buttons: names in the user's language, and one tab stop with arrow keys. */
"use strict";

(() => {
    const dress = (editor) => {
        const box = editor.view.dom.closest(".prose-editor");
        const bar = box.querySelector(".prose-menubar");
        const labels = JSON.parse(document.getElementById("editor-labels")?.textContent || "{}");
        const input = box.querySelector("textarea");
        const label = document.querySelector(`label[for="${input.id}"]`);

        for (const [name, value] of Object.entries({
            role: "textbox",
            "aria-multiline": "true",
            "aria-label": label?.textContent || "",
        })) editor.view.dom.setAttribute(name, value);
        label?.addEventListener("click", () => editor.commands.focus());
        bar.setAttribute("role", "toolbar");
        bar.setAttribute("aria-label", label?.textContent || "");

        const buttons = [...bar.querySelectorAll("button")];
        for (const button of buttons) {
            const name = labels[button.dataset.name];
            if (!name) continue;
            button.title = name;
            button.setAttribute("aria-label", name);
        }
        const rove = (to) => {
            for (const button of buttons) button.tabIndex = button === to ? 0 : -1;
        };
        rove(buttons[0]);
        bar.addEventListener("focusin", (event) => rove(event.target.closest("button")));
        bar.addEventListener("keydown", (event) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            if (!step) return;
            const shown = buttons.filter((button) => button.offsetParent !== null);
            const next = shown.indexOf(event.target.closest("button")) + step;
            event.preventDefault();
            shown[(next + shown.length) % shown.length].focus();
        });
    };

    // The editor builds its bar a moment after it says that it is ready.
    document.addEventListener("prose-editor:ready", ({ detail: { editor } }) => {
        if (editor.view.dom.closest(".prose-editor").querySelector(".prose-menubar")) dress(editor);
        else editor.on("create", () => dress(editor));
    });
})();
