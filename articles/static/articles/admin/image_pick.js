/* Hands the picture chosen in the picker's window back to the window that opened it.
   Protocol: opened with ?CKEditorFuncNum=N it calls opener.CKEDITOR.tools.callFunction(N, url,
   {id, alternative_text, caption}); opened with ?target=<id of an input> it calls
   opener.newsroomImagePicked(targetId, {id, title, alt, thumb}); then it closes itself. */
"use strict";

(() => {
    const picker = document.querySelector(".picture-pick");
    const { function: callback, target } = picker.dataset;

    const give = ({ id, title, alt, caption, url, thumb }) => {
        const { opener } = window;
        if (!opener) return;
        if (callback) {
            opener.CKEDITOR?.tools?.callFunction(Number(callback), url, {
                id: Number(id),
                alternative_text: alt,
                caption,
            });
        } else if (target) {
            opener.newsroomImagePicked?.(target, { id: Number(id), title, alt, thumb });
        }
        window.close();
    };

    picker.addEventListener("click", (event) => {
        const choice = event.target.closest(".picture-choice");
        if (choice) give(choice.dataset);
    });

    /* Arrow keys walk through the grid, as in a file manager. */
    picker.addEventListener("keydown", (event) => {
        const choices = [...picker.querySelectorAll(".picture-choice:not([disabled])")];
        const at = choices.indexOf(document.activeElement);
        if (at < 0) return;
        const top = choices[at].getBoundingClientRect().top;
        const row = choices.filter((c) => Math.abs(c.getBoundingClientRect().top - top) < 4);
        const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row.length, ArrowDown: row.length };
        const next = choices[at + (steps[event.key] ?? 0)];
        if (event.key in steps && next) {
            event.preventDefault();
            next.focus();
        }
    });
})();
