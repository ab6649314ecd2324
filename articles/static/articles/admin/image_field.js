/* The form field that holds a picture: opens the picker and shows what was chosen.
   image_pick.js says how the picker answers. */
"use strict";

(() => {
    const parts = (field) => ({
        input: field.querySelector("input"),
        thumb: field.querySelector(".picture-field-thumb"),
        title: field.querySelector(".picture-field-title"),
        remove: field.querySelector(".picture-field-remove"),
    });

    const show = (field, image) => {
        const { input, thumb, title, remove } = parts(field);
        input.value = image ? image.id : "";
        title.textContent = image ? image.title : "";
        thumb.hidden = remove.hidden = !image;
        if (image) thumb.src = image.thumb;
        input.dispatchEvent(new Event("change", { bubbles: true }));
    };

    const other = window.newsroomImagePicked;
    window.newsroomImagePicked = (target, image) => {
        const field = document.getElementById(target)?.closest(".picture-field");
        if (field) show(field, image);
        else other?.(target, image);
    };

    for (const field of document.querySelectorAll(".picture-field")) {
        const { input, remove } = parts(field);
        field.classList.add("has-script");
        field.querySelector(".picture-field-buttons").hidden = false;
        field.querySelector(".picture-field-choose").addEventListener("click", () => {
            const address = `${field.dataset.pick}?target=${encodeURIComponent(input.id)}`;
            window.open(address, "_blank", "width=900,height=700");
        });
        remove.addEventListener("click", () => show(field, null));
    }
})();
