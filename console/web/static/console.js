// Keeps the figures live: the server sends the rendered part of the page whenever it changed, and only what differs is
// touched, so that focus, scroll and selection stay. Without this file the page is complete; it is then looked at again.

const live = () => document.getElementById("live");
const state = document.getElementById("state");

function say(words, lost) {
  if (state.textContent !== words) state.textContent = words;
  state.classList.toggle("lost", lost);
  state.hidden = false;
}

function alike(one, two) {
  return one.nodeType === two.nodeType && one.nodeName === two.nodeName;
}

function morph(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const wanted = [...fresh.childNodes];
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
  wanted.forEach((child, place) => {
    const here = old.childNodes[place];
    if (!here) old.append(document.importNode(child, true));
    else if (alike(here, child)) morph(here, child);
    else here.replaceWith(document.importNode(child, true));
  });
}

const source = new EventSource("/events");
source.addEventListener("figures", (event) => {
  const fresh = new DOMParser().parseFromString(event.data, "text/html").getElementById("live");
  if (fresh) morph(live(), fresh);
  say("Live", false);
});
source.addEventListener("error", () => say("The console does not answer; the figures stand still", true));
document.getElementById("look").hidden = true;
say("Connecting", false);
