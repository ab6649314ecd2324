/* Keeps what stands in the writing form: every ten seconds, on leaving a field, before every submit.
   Tells who else is here. articles/admin/sittings.py answers. */
"use strict";

(() => {
    const form = document.getElementById("writing-form");
    if (!form) return;

    const EVERY = 10_000;
    const SIGN_OF_LIFE = 20_000;
    const token = form.elements.csrfmiddlewaretoken;
    const line = form.querySelector("[data-saved]");
    const preview = form.querySelector("[data-preview]");
    const state = { sent: "", busy: null, leaving: false, lastSign: 0 };

    const written = () => {
        const data = new FormData(form);
        for (const name of ["csrfmiddlewaretoken", "base", "sitting"]) data.delete(name);
        return new URLSearchParams([...data].filter(([, value]) => typeof value === "string")).toString();
    };
    const isDirty = () => written() !== state.sent;

    const notice = (name, text) => {
        const box = form.querySelector(`[data-${name}]`);
        box.textContent = text;
        box.hidden = !text;
    };
    const say = (text, kind = "") => {
        line.textContent = text;
        line.dataset.kind = kind;
    };
    const fail = (text) => {
        notice("trouble", text);
        say(form.dataset.unsaved, "error");
        return false;
    };

    const post = (address, body, options = {}) =>
        fetch(address, {
            method: "POST",
            headers: { "X-CSRFToken": token.value },
            body,
            redirect: "manual",
            ...options,
        });

    // Another log-in in this browser ends the form's token: ask once for the new one and try again.
    const postAgain = async (refused, address, body) => {
        if (refused.status !== 403 || !form.dataset.presence) return refused;
        const answer = await fetch(form.dataset.presence, { redirect: "manual" });
        if (!answer.ok) return answer;
        token.value = (await answer.json()).token;
        body.set(token.name, token.value);
        return post(address, body);
    };

    const show = (answer) => {
        if ("message" in answer) say(answer.message, "saved");
        notice("others", (answer.others || []).join(" · "));
        notice("overtaken", answer.overtaken || "");
        if ("checks" in answer) {
            form.querySelector("[data-checks]").innerHTML = answer.checks;
            const missing = form.querySelector("[data-missing]");
            missing.dataset.missing = answer.missing;
            missing.querySelector("[data-missing-count]").textContent = answer.missing;
        }
    };

    // The first autosave of a new article has started it: from now on this is its page.
    const settle = (answer) => {
        if (form.dataset.presence) return;
        form.action = answer.url;
        form.dataset.autosave = answer.autosave;
        form.dataset.presence = answer.presence;
        form.elements.base.value = answer.base;
        form.querySelector(".bar .status").textContent = answer.status;
        history.replaceState(null, "", answer.url);
    };

    const send = async () => {
        const now = written();
        say(form.dataset.saving);
        let answer;
        try {
            const body = new FormData(form);
            answer = await post(form.dataset.autosave, body);
            answer = await postAgain(answer, form.dataset.autosave, body);
        } catch {
            return fail(form.dataset.offline);
        }
        if (answer.type === "opaqueredirect") return fail(form.dataset.loggedOut);
        const isOurs = (answer.headers.get("Content-Type") || "").includes("json");
        if (!isOurs) return fail(form.dataset.refused);
        const said = await answer.json();
        if (!answer.ok) return fail(`${form.dataset.refused} ${said.message || ""}`);
        state.sent = now;
        state.lastSign = Date.now();
        notice("trouble", "");
        settle(said);
        show(said);
        preview.href = said.preview;
        preview.hidden = false;
        if (isDirty()) say(form.dataset.unsaved, "unsaved");
        return true;
    };

    // One at a time; whoever asks while one is under way gets a new one after it, if there is need.
    const save = async () => {
        if (state.busy) await state.busy;
        if (!isDirty()) return true;
        state.busy = send().finally(() => {
            state.busy = null;
        });
        return state.busy;
    };

    const sign = async () => {
        if (!form.dataset.presence) return;
        state.lastSign = Date.now();
        try {
            const body = new URLSearchParams({ base: form.elements.base.value });
            const answer = await post(form.dataset.presence, body);
            if (answer.type === "opaqueredirect") fail(form.dataset.loggedOut);
            else if (answer.ok) show(await answer.json());
        } catch {
            // The next autosave says so, if there is anything to save.
        }
    };

    form.addEventListener("input", () => {
        if (!state.busy && line.dataset.kind !== "error") say(form.dataset.unsaved, "unsaved");
    });
    form.addEventListener("focusout", () => save());
    setInterval(() => {
        if (isDirty()) save();
        else if (Date.now() - state.lastSign > SIGN_OF_LIFE) sign();
    }, EVERY);

    // The preview shows what stands here, not what was saved last.
    preview.addEventListener("click", async (event) => {
        if (!isDirty() && !state.busy) return;
        event.preventDefault();
        const tab = window.open("", "preview");
        if (await save()) tab.location = preview.href;
        else tab.close();
    });

    // Nothing is handed to a server that would not take it: keep the text first, then submit.
    form.addEventListener("submit", async (event) => {
        if (state.leaving) return;
        event.preventDefault();
        const button = event.submitter;
        if (!(await save())) {
            form.querySelector("[data-trouble]").scrollIntoView({ block: "center" });
            return;
        }
        // While the first submit event is still under way the browser ignores a second one.
        await new Promise((resolve) => setTimeout(resolve));
        state.leaving = true;
        form.requestSubmit(button);
        setTimeout(() => {
            for (const other of form.querySelectorAll("button[type=submit]")) other.disabled = true;
        });
    });

    window.addEventListener("beforeunload", (event) => {
        if (!state.leaving && isDirty()) event.preventDefault();
    });
    window.addEventListener("pagehide", () => {
        if (!state.leaving && isDirty()) {
            post(form.dataset.autosave, new FormData(form), { keepalive: true }).catch(() => {});
        }
        if (form.dataset.presence) {
            const goodbye = new URLSearchParams({ leave: "1" });
            post(form.dataset.presence, goodbye, { keepalive: true }).catch(() => {});
        }
    });
    // A page that the browser brings back from its memory has the buttons off and may be old.
    window.addEventListener("pageshow", (event) => {
        if (event.persisted) location.reload();
    });

    // What came back with an error stands nowhere else yet: keep it at once.
    const errors = form.querySelector("#errors");
    if (errors) {
        errors.focus();
        save();
    } else {
        state.sent = written();
    }
    sign();
})();
