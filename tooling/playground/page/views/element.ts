/** The element that the page has under this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (!found) throw new Error(`The page has no element ${id}.`)
  return found as T
}

/** Makes an element. What stands in it is text, whatever it looks like. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  if (className !== '') element.className = className
  element.append(...children)
  return element
}

/** Sets the text of an element, if it is another. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}
