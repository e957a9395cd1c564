// Finds the elements that a page's template promises, with their types.

/**
 * @template {Element} T
 * @typedef {abstract new (...args: any[]) => T} ElementType a class, such as HTMLInputElement
 */

/**
 * The first element that a selector names, if the template has one here.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {ElementType<T>} [type]
 * @returns {T | null}
 * @throws {TypeError} if it is an element of another type
 */
export function optionalElement(root, selector, type) {
  const found = root.querySelector(selector);
  return found && checked(found, selector, type);
}

/**
 * The first element that a selector names.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {ElementType<T>} [type]
 * @returns {T}
 * @throws {TypeError} if there is none, or it is an element of another type
 */
export function element(root, selector, type) {
  const found = optionalElement(root, selector, type);
  if (!found) throw new TypeError(`the page has no ${selector}`);
  return found;
}

/**
 * All elements that a selector names.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {ElementType<T>} [type]
 * @returns {T[]}
 * @throws {TypeError} if one is an element of another type
 */
export function elements(root, selector, type) {
  return [...root.querySelectorAll(selector)].map((found) => checked(found, selector, type));
}

/**
 * A copy of the one element inside a <template>.
 *
 * @param {ParentNode} root
 * @param {string} selector of the <template>
 * @returns {HTMLElement}
 * @throws {TypeError} if there is no such template, or it is empty
 */
export function copyOfTemplate(root, selector) {
  const { content } = element(root, selector, HTMLTemplateElement);
  return /** @type {HTMLElement} */ (element(content, "*").cloneNode(true));
}

/**
 * The value that the page carries in a <script type="application/json">.
 *
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {unknown}
 */
export function embeddedJson(root, selector) {
  return JSON.parse(element(root, selector).textContent);
}

/**
 * A value that the template gives in a data attribute.
 *
 * @param {HTMLElement} owner
 * @param {string} name in camel case
 * @returns {string}
 * @throws {TypeError} if the attribute is missing
 */
export function dataOf(owner, name) {
  const value = owner.dataset[name];
  if (value === undefined) throw new TypeError(`the page gives no data attribute ${name}`);
  return value;
}

/**
 * @param {ParentNode} root
 * @returns {string} Django's token against cross-site requests, from {% csrf_token %}
 */
export function csrfToken(root) {
  return element(root, "[name=csrfmiddlewaretoken]", HTMLInputElement).value;
}

/**
 * @template {Element} T
 * @param {Element} found
 * @param {string} selector
 * @param {ElementType<T>} [type]
 * @returns {T}
 */
function checked(found, selector, type) {
  const expected = type ?? HTMLElement;
  if (!(found instanceof expected)) throw new TypeError(`${selector} is a <${found.localName}>`);
  return /** @type {T} */ (found);
}
