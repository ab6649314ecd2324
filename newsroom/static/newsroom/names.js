/* Names for what others' scripts put beside a form field: select2's boxes, the text editor, the
   shortcuts of dates; no heading where a table of rows has none. Without these names a screen reader
   meets nameless fields. And of lists, rows of a form and tables of our own (.as-cards): each cell
   learns the name of its column, so that a phone can show rows as cards. */
"use strict";

const textOf = (element) => element?.textContent.trim().replace(/\s*:$/, "") ?? "";
const labelOf = (field) =>
    textOf(field?.labels?.[0] ?? document.querySelector(`label[for="${field?.id}"]`)) ||
    field?.getAttribute("aria-label") || "";

function nameSelect2(box) {
    const select = box.previousElementSibling;
    const label = labelOf(select);
    if (!label) return;
    const selection = box.querySelector(".select2-selection");
    selection?.removeAttribute("aria-labelledby");
    selection?.setAttribute("aria-label", label);
    const shown = box.querySelector(".select2-selection__rendered");
    if (shown?.matches("ul")) shown.setAttribute("role", "none");
    else for (const name of ["role", "aria-readonly"]) shown?.removeAttribute(name);
    box.querySelector(".select2-search__field")?.setAttribute("aria-label", label);
}

function nameEditor(text) {
    const field = text.closest(".field, .form-row, .prose-editor")?.querySelector("textarea, input");
    const label = textOf(text.closest(".field, .form-row")?.querySelector("label")) || labelOf(field);
    if (label) text.setAttribute("aria-label", label);
}

function nameCells(table) {
    const names = [...table.tHead?.rows[0].cells ?? []].map((head) => head.querySelector(".visually-hidden") ? "" : textOf(head.querySelector(".text") ?? head));
    const isForm = table.matches(".tabular *");
    for (const row of table.tBodies[0]?.rows ?? []) {
        const first = isForm ? null : row.querySelector("th") ?? row.querySelector("td:not(.action-checkbox)");
        [...row.cells].forEach((cell, place) => {
            if (cell.matches(".action-checkbox, .original") || cell.colSpan > 1) return;
            if (cell === first) cell.classList.add("is-first");
            else if (!isForm && ["", "-", "–"].includes(textOf(cell)) && !cell.querySelector("img, input, select, meter")) cell.classList.add("is-blank");
            else if (names[place]) cell.dataset.name = names[place];
        });
    }
    table.classList.add("is-named");
}

function nameAll(root) {
    for (const box of root.querySelectorAll(".select2-container:not(.select2-container--open)")) nameSelect2(box);
    for (const search of root.querySelectorAll(".select2-search--dropdown .select2-search__field:not([aria-label])")) {
        const open = document.querySelector(".select2-container--open .select2-selection");
        search.setAttribute("aria-label", open?.getAttribute("aria-label") ?? "");
    }
    for (const text of root.querySelectorAll(".ProseMirror[role=textbox]:not([aria-label])")) nameEditor(text);
    for (const head of root.querySelectorAll("th.original:empty")) {
        head.replaceWith(Object.assign(document.createElement("td"), { className: "original" }));
    }
    // Their words say it already, in the page's language.
    for (const link of root.querySelectorAll(".datetimeshortcuts a[aria-label]")) link.removeAttribute("aria-label");
}

let isDue = false;
new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
        isDue = false;
        nameAll(document);
    });
}).observe(document.body, { childList: true, subtree: true });
nameAll(document);
for (const table of document.querySelectorAll("#result_list, .tabular table, .as-cards")) nameCells(table);
