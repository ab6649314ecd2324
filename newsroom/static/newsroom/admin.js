/* Comfort for the admin's header: an open menu closes by Escape, or by a press beside it. */
"use strict";

const menus = () => document.querySelectorAll("#header details[open]");

document.addEventListener("pointerdown", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
        if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
        menu.open = false;
    }
});
