// What the voter has chosen, read from the form, and what is wrong with it.

export function read(form) {
  const selections = {};
  for (const contest of contestsOf(form)) {
    const checked = [...contest.querySelectorAll("input:checked")];
    const blank = checked.some((input) => "blank" in input.dataset);
    selections[contest.dataset.contest] = blank ? null : checked.map((input) => input.value);
  }
  return selections;
}

// [{contest, text}]: the contest's element, and what is wrong with it in words.
export function problems(form, words) {
  const found = [];
  for (const contest of contestsOf(form)) {
    const selected = read(form)[contest.dataset.contest];
    if (selected === null) continue;
    const { title, min, max } = contest.dataset;
    if (selected.length < Number(min)) found.push({ contest, text: fill(words.few, title, min) });
    if (selected.length > Number(max)) found.push({ contest, text: fill(words.many, title, max) });
  }
  return found;
}

// [[title, [names]]…] of the form as it stands, for the review.
export function summary(form) {
  return contestsOf(form).map((contest) => [
    contest.dataset.title,
    [...contest.querySelectorAll("input:checked")].map((input) => input.dataset.name),
  ]);
}

// A blank ballot chooses nothing else; the counter says how many are chosen.
export function watch(form) {
  form.addEventListener("change", ({ target }) => {
    const contest = target.closest("[data-contest]");
    if (!contest) return;
    if (target.checked && target.type === "checkbox") separateBlank(contest, target);
    count(contest);
  });
  contestsOf(form).forEach(count);
}

function separateBlank(contest, ticked) {
  const blank = "blank" in ticked.dataset;
  for (const input of contest.querySelectorAll("input:checked")) {
    if (input !== ticked && (blank || "blank" in input.dataset)) input.checked = false;
  }
}

function count(contest) {
  const counter = contest.querySelector("[data-counter]");
  if (!counter) return;
  const chosen = contest.querySelectorAll("input:checked:not([data-blank])").length;
  counter.textContent = counter.dataset.text.replace("%d", chosen);
}

function contestsOf(form) {
  return [...form.querySelectorAll("[data-contest]")];
}

function fill(words, title, number) {
  return words.replace("%s", title).replace("%d", number);
}
