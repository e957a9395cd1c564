// Small pieces of the voting pages that are made from data.

/**
 * Fills a <dl> with one row for each contest.
 *
 * @param {HTMLElement} target
 * @param {[title: string, names: string[]][]} rows
 * @param {string} none the words for a row without names
 */
export function showSelections(target, rows, none) {
  target.replaceChildren(
    ...rows.map(([title, names]) => {
      const row = document.createElement("div");
      row.append(withText("dt", title), withText("dd", names.length > 0 ? names.join(", ") : none));
      return row;
    }),
  );
}

/**
 * Fills a list with what is wrong. Each line is a link to its contest.
 *
 * @param {HTMLElement} target
 * @param {{contest: HTMLElement, text: string}[]} problems
 */
export function showProblems(target, problems) {
  target.replaceChildren(
    ...problems.map(({ text, contest }) => {
      const item = document.createElement("li");
      item.append(Object.assign(withText("a", text), { href: `#${contest.id}` }));
      return item;
    }),
  );
}

/**
 * Shows the short form of a tracker, one element for each group.
 *
 * @param {HTMLElement} target
 * @param {string} short
 */
export function showTracker(target, short) {
  target.replaceChildren(...short.split("-").map((text) => withText("span", text)));
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} text
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function withText(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
