/* Rows of bylines and related articles: add, order, remove. Without this the numbers and ticks of
   the rows do the same on saving. */
"use strict";

(() => {
    const number = (set) => {
        let place = 1;
        for (const row of set.querySelectorAll("ol > .row")) {
            const order = row.querySelector("[name$=-ORDER]");
            order.value = place++;
        }
    };

    const dress = (row) => {
        row.querySelector(".row-tools").hidden = false;
    };

    for (const set of document.querySelectorAll("[data-rows]")) {
        const list = set.querySelector("ol");
        const total = set.querySelector("[name$=-TOTAL_FORMS]");
        const template = set.querySelector("template");
        const add = set.querySelector("[data-rows-add]");
        set.classList.add("has-script");
        // The empty row is for browsers without this script; a first name may still go into it.
        const last = list.querySelector(".row:last-child");
        const isEmpty = last && [...last.querySelectorAll("select.admin-autocomplete")].every((select) => !select.value);
        if (isEmpty && list.children.length > 1) {
            last.remove();
            total.value = Number(total.value) - 1;
        }
        list.querySelectorAll(".row").forEach(dress);
        add.hidden = false;

        add.addEventListener("click", () => {
            const holder = document.createElement("template");
            holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
            const row = holder.content.querySelector(".row");
            total.value = Number(total.value) + 1;
            list.append(row);
            dress(row);
            number(set);
            // Django's own script dresses the pickers of new rows.
            row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
            row.querySelector(".select2-selection, select, input")?.focus();
        });

        set.addEventListener("click", (event) => {
            const button = event.target.closest("[data-row]");
            if (!button) return;
            const row = button.closest(".row");
            const action = button.dataset.row;
            if (action === "up") row.previousElementSibling?.before(row);
            if (action === "down") row.nextElementSibling?.after(row);
            if (action === "remove") {
                row.querySelector("[name$=-DELETE]").checked = true;
                row.hidden = true;
                add.focus();
            } else {
                button.focus();
            }
            number(set);
            set.dispatchEvent(new Event("input", { bubbles: true }));
        });
    }
})();
