/** Makes an element with a class and a text. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  if (text !== "") made.textContent = text;
  return made;
}

/** Sets a text, unless the element has it: setting it again would cost a layout. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
  if (target.hidden !== (text === "")) target.hidden = text === "";
}

/** Sets an attribute, unless the element has that value. */
export function setAttribute(target: Element, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** Makes a button with an icon of Font Awesome. Screen readers read its name, which is also the tooltip. */
export function iconButton(icon: string, name: string, onClick: () => void): HTMLButtonElement {
  const button = element("button", "red-ui-button red-ui-button-small mcast-sidebar-button");
  button.type = "button";
  button.append(element("i", `fa ${icon}`));
  setAttribute(button, "aria-label", name);
  button.title = name;
  button.addEventListener("click", onClick);
  return button;
}
