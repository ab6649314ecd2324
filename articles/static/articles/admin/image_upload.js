/* Makes the field for files a place to drop them on and lists what was chosen. In a form with
   data-one-by-one every file is sent on its own, with its progress and its own answer.
   Without this script the field works as a plain one; the server judges the files. */
"use strict";

const AT_ONCE = 2;

for (const area of document.querySelectorAll(".picture-drop")) {
    const input = area.querySelector("input[type=file]");
    const list = area.querySelector(".picture-chosen");
    const form = area.closest("form");
    const limit = Number(area.dataset.maxBytes) || Infinity;
    let rows = [];
    area.classList.add("has-script");
    area.querySelector(".picture-drop-hint").hidden = false;

    const element = (name, text = "") => {
        const made = document.createElement(name);
        made.textContent = text;
        return made;
    };

    function row(file) {
        const item = element("li");
        const frame = element("span");
        frame.className = "picture-chosen-frame";
        if (/^image\/(jpeg|png|webp|avif|gif)$/.test(file.type) && file.size <= limit) {
            const image = element("img");
            image.src = URL.createObjectURL(file);
            image.alt = "";
            frame.append(image);
        }
        const words = element("span");
        words.className = "picture-chosen-words";
        words.append(element("span", file.name));
        if (file.size > limit) {
            item.classList.add("is-refused");
            words.append(element("small", area.dataset.tooLarge));
        }
        item.append(frame, words);
        return { file, item, words };
    }

    const show = () => {
        for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
        rows = [...input.files].map(row);
        list.replaceChildren(...rows.map(({ item }) => item));
        if (rows.length && "atOnce" in form.dataset) form.requestSubmit();
    };

    /* Sends one file; resolves with what the server says of it, or null where it says nothing. */
    function send(file, progress) {
        const values = new FormData(form);
        values.delete("pictures");
        values.append("pictures", file);
        if (rows.length > 1) values.set("alt", ""); // each shows something else
        return new Promise((resolve) => {
            const request = new XMLHttpRequest();
            request.open("POST", form.action);
            request.setRequestHeader("Accept", "application/json");
            request.responseType = "json";
            request.upload.addEventListener("progress", (event) => {
                if (event.lengthComputable) progress.value = event.loaded / event.total;
            });
            request.addEventListener("load", () => resolve(request.response));
            request.addEventListener("error", () => resolve(null));
            request.send(values);
        });
    }

    async function upload(one) {
        const progress = element("progress");
        progress.max = 1;
        progress.value = 0;
        progress.setAttribute("aria-label", one.file.name);
        one.words.append(progress);
        const answer = await send(one.file, progress);
        progress.remove();
        one.taken = answer?.taken;
        one.item.classList.add(one.taken ? "is-taken" : "is-refused");
        if (one.taken) {
            const link = element("a", one.taken.title);
            link.href = one.taken.address;
            one.words.firstChild.replaceWith(link);
        }
        one.words.append(element("small", answer?.said ?? area.dataset.trouble));
    }

    async function uploadAll() {
        form.setAttribute("aria-busy", "true");
        const waiting = [...rows];
        const work = async () => {
            for (let one = waiting.shift(); one; one = waiting.shift()) await upload(one);
        };
        await Promise.all(Array.from({ length: AT_ONCE }, work));
        form.removeAttribute("aria-busy");
        input.value = ""; // what is done is not sent again
        const refused = rows.filter(({ taken }) => !taken);
        if (refused.length) return;
        if (rows.length === 1) location.assign(rows[0].taken.address);
        else location.assign(area.dataset.library);
    }

    const over = (is) => area.classList.toggle("is-over", is);
    area.addEventListener("dragover", (event) => {
        event.preventDefault();
        over(true);
    });
    area.addEventListener("dragleave", (event) => {
        if (!area.contains(event.relatedTarget)) over(false);
    });
    area.addEventListener("drop", (event) => {
        event.preventDefault();
        over(false);
        if (!event.dataTransfer.files.length || form.hasAttribute("aria-busy")) return;
        input.files = event.dataTransfer.files;
        show();
    });
    input.addEventListener("change", show);
    if ("oneByOne" in form.dataset) {
        form.addEventListener("submit", (event) => {
            if (!input.files.length) return; // the server says what is missing
            event.preventDefault();
            if (!form.hasAttribute("aria-busy")) uploadAll();
        });
    }
}
