// What has to change on the page when a new list of photos arrives. Pure: two lists in, differences out.

export function changes(before, after) {
  const old = new Map(before.map((tile) => [tile.id, tile]));
  const ids = new Set(after.map((tile) => tile.id));
  return {
    added: after.filter((tile) => !old.has(tile.id)),
    altered: after.filter((tile) => old.has(tile.id) && !same(old.get(tile.id), tile)),
    removed: before.filter((tile) => !ids.has(tile.id)),
  };
}

function same(one, other) {
  return Object.keys(other).every((key) => one[key] === other[key]);
}

/** Which element takes the focus when a tile with the focus goes: the next, else the one before it. */
export function neighbour(tiles, removedId) {
  const at = tiles.findIndex((tile) => tile.id === removedId);
  return (tiles[at + 1] ?? tiles[at - 1])?.id ?? null;
}

/** The files that may still be added, and whether some had to be left out. */
export function choose(files, { kept, most }) {
  const room = Math.max(0, most - kept);
  return { chosen: files.slice(0, room), leftOut: files.length > room };
}
