/* Suggestions for the last topic in the line, from the topics that exist. */
"use strict";

(() => {
    const input = document.getElementById("id_tags");
    if (!input) return;

    const list = document.createElement("ul");
    list.id = "topic-suggestions";
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    input.after(list);
    for (const [name, value] of Object.entries({
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-controls": list.id,
        "aria-expanded": "false",
    })) input.setAttribute(name, value);

    let chosen = -1;
    let asked = 0;

    const close = () => {
        list.hidden = true;
        chosen = -1;
        input.setAttribute("aria-expanded", "false");
        input.removeAttribute("aria-activedescendant");
    };
    const mark = (index) => {
        chosen = (index + list.children.length) % list.children.length;
        [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
        input.setAttribute("aria-activedescendant", list.children[chosen].id);
    };
    const take = (name) => {
        const before = input.value.split(",").slice(0, -1).map((part) => part.trim());
        const written = name.includes(",") ? `"${name}"` : name;
        input.value = `${[...before, written].join(", ")}, `;
        close();
        input.focus();
        input.dispatchEvent(new Event("input", { bubbles: true }));
    };

    const ask = async () => {
        const term = input.value.split(",").pop().trim();
        const turn = ++asked;
        if (term.length < 2) return close();
        const query = new URLSearchParams({
            app_label: "articles",
            model_name: "taggedarticle",
            field_name: "tag",
            term,
        });
        const answer = await fetch(`/admin/autocomplete/?${query}`).catch(() => null);
        if (turn !== asked || !answer?.ok) return close();
        const known = new Set(input.value.split(",").map((part) => part.trim().toLowerCase()));
        const names = (await answer.json()).results.map((found) => found.text).slice(0, 8);
        const items = names.filter((name) => !known.has(name.toLowerCase())).map((name, i) => {
            const item = document.createElement("li");
            item.id = `topic-${i}`;
            item.textContent = name;
            item.setAttribute("role", "option");
            item.addEventListener("mousedown", (event) => {
                event.preventDefault();
                take(name);
            });
            return item;
        });
        list.replaceChildren(...items);
        if (!items.length || document.activeElement !== input) return close();
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
        return null;
    };

    let timer = 0;
    input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(ask, 200);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
        if (list.hidden) return;
        if (event.key === "ArrowDown") mark(chosen + 1);
        else if (event.key === "ArrowUp") mark(chosen < 0 ? -1 : chosen - 1);
        else if (event.key === "Escape") close();
        else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen].textContent);
        else return;
        event.preventDefault();
    });
})();
