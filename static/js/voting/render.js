// Small pieces of the ballot page that are made from data.

export function list(target, rows, none) {
  target.replaceChildren(
    ...rows.map(([title, names]) => {
      const row = document.createElement("div");
      const term = Object.assign(document.createElement("dt"), { textContent: title });
      const text = names.length > 0 ? names.join(", ") : none;
      row.append(term, Object.assign(document.createElement("dd"), { textContent: text }));
      return row;
    }),
  );
}

// What is wrong, each line a way to its contest.
export function problemLinks(target, found) {
  target.replaceChildren(
    ...found.map(({ text, contest }) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("a"), { textContent: text, href: `#${contest.id}` }));
      return item;
    }),
  );
}

export function showTracker(target, short) {
  target.replaceChildren(
    ...short.split("-").map((text) => Object.assign(document.createElement("span"), { textContent: text })),
  );
}
