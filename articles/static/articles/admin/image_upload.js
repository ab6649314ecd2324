/* Makes the field for files a place to drop them on and lists what was chosen.
   Without this script the field works as a plain one; the server judges the files. */
"use strict";

for (const area of document.querySelectorAll(".picture-drop")) {
    const input = area.querySelector("input[type=file]");
    const list = area.querySelector(".picture-chosen");
    const limit = Number(area.dataset.maxBytes) || Infinity;
    area.classList.add("has-script");
    area.querySelector(".picture-drop-hint").hidden = false;

    const show = () => {
        for (const old of list.querySelectorAll("img")) URL.revokeObjectURL(old.src);
        list.replaceChildren(
            ...[...input.files].map((file) => {
                const item = document.createElement("li");
                if (/^image\/(jpeg|png|webp|avif|gif)$/.test(file.type) && file.size <= limit) {
                    const image = document.createElement("img");
                    image.src = URL.createObjectURL(file);
                    image.alt = "";
                    item.append(image);
                }
                const name = document.createElement("span");
                name.textContent = file.name;
                item.append(name);
                if (file.size > limit) {
                    item.classList.add("is-too-large");
                    item.append(` (${area.dataset.tooLarge})`);
                }
                return item;
            }),
        );
    };

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
        if (!event.dataTransfer.files.length) return;
        input.files = event.dataTransfer.files;
        show();
    });
    input.addEventListener("change", show);
}
