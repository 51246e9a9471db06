// Small ways to build a page. Text always goes in as text nodes: nothing here parses markup, so a
// citizen's words cannot become elements.

export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list" && name !== "role") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

export function show(node, visible) {
  node.hidden = !visible;
}

export const byId = (id) => document.getElementById(id);

// A width in percent, set through the object model so that the page needs no inline style.
export function wide(node, share) {
  node.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return node;
}
