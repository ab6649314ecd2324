/* The focal point: click it in the large picture or move it with the arrow keys; the crops follow.
   Without this script the two number fields do the same on saving. */
"use strict";

(() => {
    const stage = document.querySelector(".picture-stage");
    const surface = stage?.querySelector(".picture-surface");
    if (!surface) return;
    const inputs = [document.getElementById("id_focal_x"), document.getElementById("id_focal_y")];
    const size = [Number(stage.dataset.width), Number(stage.dataset.height)];
    const start = [Number(stage.dataset.x), Number(stage.dataset.y)];
    const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
    const round = (share) => Math.round(clamp(share, 0, 1) * 100) / 100;
    const isEditable = inputs.every((input) => input?.matches("input"));

    const point = document.createElement(isEditable ? "button" : "span");
    point.className = "focal-point";
    if (isEditable) {
        point.type = "button";
        point.setAttribute("aria-label", stage.dataset.label);
    }
    surface.append(point);

    const place = ([x, y]) => {
        point.style.left = `${x * 100}%`;
        point.style.top = `${y * 100}%`;
    };

    /* As newsroom.lib.images.crop_box: the box's centre as near to the point as the edges let. */
    const offset = (length, box, share) => clamp(length * share - box / 2, 0, length - box);
    const cropPosition = (across, down, focal) => {
        const box = [
            Math.min(size[0], (size[1] * across) / down),
            Math.min(size[1], (size[0] * down) / across),
        ];
        return [0, 1].map((side) => {
            const room = size[side] - box[side];
            return room < 1 ? 50 : (100 * offset(size[side], box[side], focal[side])) / room;
        });
    };

    const crops = [...stage.querySelectorAll(".picture-crops figure")].map((figure) => ({
        picture: figure.querySelector("picture"),
        shape: figure.className.match(/crop-(\d+)x(\d+)/).slice(1).map(Number),
    }));

    /* From the first move on, the crops are cut out of the large picture by the browser. */
    const showCrops = (focal) => {
        for (const { picture, shape } of crops) {
            let image = picture.querySelector("img");
            if (!image.classList.contains("is-live")) {
                image = document.createElement("img");
                image.className = "is-live";
                image.alt = "";
                image.src = surface.querySelector("img").currentSrc;
                picture.replaceChildren(image);
            }
            const [x, y] = cropPosition(...shape, focal);
            image.style.objectPosition = `${x.toFixed(2)}% ${y.toFixed(2)}%`;
        }
    };

    const read = () => inputs.map((input) => round(Number(input.value) || 0));
    const move = (focal) => {
        const shares = focal.map(round);
        inputs.forEach((input, side) => {
            input.value = shares[side];
        });
        place(shares);
        showCrops(shares);
    };

    place(start);
    if (!isEditable) return;

    surface.classList.add("is-editable");
    surface.addEventListener("click", (event) => {
        if (event.target === point) return;
        const box = surface.getBoundingClientRect();
        move([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
        point.focus({ preventScroll: true });
    });
    point.addEventListener("keydown", (event) => {
        const step = event.shiftKey ? 0.1 : 0.01;
        const steps = {
            ArrowLeft: [-step, 0],
            ArrowRight: [step, 0],
            ArrowUp: [0, -step],
            ArrowDown: [0, step],
        }[event.key];
        if (!steps) return;
        event.preventDefault();
        const now = read();
        move([now[0] + steps[0], now[1] + steps[1]]);
    });
    for (const input of inputs) {
        input.addEventListener("input", () => {
            place(read());
            showCrops(read());
        });
    }
})();
